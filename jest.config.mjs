// Shared by the workers of one run: the servers of tests live and end with it (libs/testing).
process.env.AOS_TEST_RUN_PID ??= String(process.pid);

const project = {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          target: 'es2022',
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  transformIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['/dist/', '/\\.aos/'],
};

export default {
  // Integration tests start, kill and restart servers; jest knows one timeout for all projects.
  testTimeout: 60_000,
  coverageProvider: 'v8',
  collectCoverageFrom: [
    'apps/*/src/**/*.ts',
    'libs/*/src/**/*.ts',
    '!**/*.spec.ts',
    '!**/generated/**',
    '!libs/{testing,tooling,benchmarks}/**',
    '!**/main.ts',
  ],
  projects: [
    {
      ...project,
      displayName: 'unit',
      testMatch: ['<rootDir>/apps/*/src/**/*.spec.ts', '<rootDir>/libs/*/src/**/*.spec.ts'],
    },
    {
      ...project,
      displayName: 'integration',
      testMatch: ['<rootDir>/apps/*/test/**/*.test.ts', '<rootDir>/libs/*/test/**/*.test.ts'],
    },
  ],
};

// Shared by the workers of one run: the servers of tests live and end with it (libs/testing).
process.env.AOS_TEST_RUN_PID ??= String(process.pid);

// Set by `pnpm test`, which merges the coverage of all processes (libs/tooling/src/suite/line-coverage).
const isCovered = process.env.AOS_COVERAGE_DIR !== undefined;

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
  coveragePathIgnorePatterns: ['/node_modules/', '/test/', '\\.spec\\.ts$', '/generated/'],
  setupFiles: isCovered ? ['<rootDir>/libs/tooling/src/suite/line-coverage/cover-processes.ts'] : [],
};

export default {
  // Integration tests start, kill and restart servers; jest knows one timeout for all projects.
  testTimeout: 60_000,
  globalSetup: '<rootDir>/libs/tooling/src/suite/temporary-files.setup.mjs',
  ...(isCovered && {
    collectCoverage: true,
    coverageProvider: 'v8',
    coverageReporters: ['none'],
    reporters: ['default', '<rootDir>/libs/tooling/src/suite/line-coverage/jest-raw-coverage.reporter.ts'],
  }),
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

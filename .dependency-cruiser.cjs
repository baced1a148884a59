// Who may import whom (ARCHITECTURE: rules of the house; `pnpm boundaries` runs it and refuses to pass over nothing).

const SERVICE = '^apps/([^/]+)/';
const TEST = '(\\.spec\\.ts$|^(apps|libs)/[^/]+/test/)';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one concept in two places.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'nothing-unresolved',
      comment: 'What the benchmarks compare with is installed when it is asked for.',
      severity: 'error',
      from: { pathNot: '^libs/benchmarks/src/durable/peers/' },
      to: { couldNotResolve: true, pathNot: '(^|/)(generated|dist)/' },
    },
    {
      name: 'apps-are-strangers',
      comment: 'Services talk over NATS by the contracts.',
      severity: 'error',
      from: { path: SERVICE },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'libs-know-no-app',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'contracts-import-only-zod',
      severity: 'error',
      from: { path: '^libs/contracts/src/', pathNot: TEST },
      to: { pathNot: ['^libs/contracts/src/', 'node_modules/zod/'] },
    },
    {
      name: 'domain-is-pure',
      comment: 'A domain imports the contracts and itself: no I/O, clock or randomness.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/src/domain/', pathNot: TEST },
      to: { pathNot: ['^apps/$1/src/domain/', '^libs/contracts/'] },
    },
    {
      name: 'application-knows-no-transport',
      comment: 'Use cases declare what they need; inbound and outbound fit it.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/src/application/', pathNot: TEST },
      to: {
        path: [
          '^apps/$1/src/(inbound|outbound)/',
          '^libs/(messaging|service-kit)/',
          'node_modules/(@nestjs|@nats-io|@prisma|pg|fastify|ioredis|undici)/',
        ],
      },
    },
    {
      name: 'application-takes-only-types-of-the-database',
      severity: 'error',
      from: { path: '^apps/[^/]+/src/application/', pathNot: TEST },
      to: { path: '^libs/database/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'only-messaging-speaks-nats',
      severity: 'error',
      from: { pathNot: '^libs/messaging/' },
      to: { path: 'node_modules/@nats-io/' },
    },
    {
      name: 'only-database-speaks-postgres',
      severity: 'error',
      from: { pathNot: '^libs/database/' },
      to: { path: 'node_modules/(pg|postgrator|prisma|@prisma/[^/]+)/' },
    },
    {
      name: 'gateway-tables-are-the-gateways',
      severity: 'error',
      from: { pathNot: '^(apps/api-gateway|libs/database)/' },
      to: { path: '^libs/database/(src|dist)/(gateway\\.|generated/gateway/)' },
    },
    {
      name: 'orchestrator-tables-are-the-orchestrators',
      severity: 'error',
      from: { pathNot: '^(apps/orchestrator|libs/database)/' },
      to: { path: '^libs/database/(src|dist)/(orchestrator\\.|generated/orchestrator/)' },
    },
    {
      name: 'libraries-are-layered',
      comment: 'contracts ◀ {messaging, database, telemetry} ◀ service-kit ◀ apps',
      severity: 'error',
      from: { path: '^libs/(contracts|messaging|database|telemetry)/', pathNot: TEST },
      to: { path: '^libs/service-kit/' },
    },
    {
      name: 'services-know-no-tooling',
      comment: 'Stack and tests are for developers; what runs in production does not carry them.',
      severity: 'error',
      from: {
        path: '^(apps|libs)/',
        pathNot: [TEST, '^libs/(tooling|testing|benchmarks)/'],
      },
      to: { path: '^libs/(tooling|testing|benchmarks)/' },
    },
    {
      name: 'testing-is-for-tests',
      severity: 'error',
      from: { pathNot: [TEST, '^libs/testing/'] },
      to: { path: '^libs/testing/' },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|coverage|\\.aos)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
  },
};

// Runs in each test file: the processes it starts write their coverage where jest's is gathered.
const folder = process.env['AOS_COVERAGE_DIR'];
if (folder !== undefined) process.env['NODE_V8_COVERAGE'] = folder;

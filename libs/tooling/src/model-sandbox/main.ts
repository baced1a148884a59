import { startModelSandbox } from './model-sandbox.ts';

// The sandbox as a process of its own. Argument: the port.
const sandbox = await startModelSandbox({ port: Number(process.argv[2]) });
console.log(`the model sandbox answers on ${sandbox.url}; no model is called`);
process.once('SIGTERM', () => void sandbox.close());

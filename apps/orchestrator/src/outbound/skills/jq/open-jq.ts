import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { loadJq, type Jq } from 'jq-wasm';

/** What a query may take in memory, its input and output included. */
const MEMORY_BYTES_MAX = 128 * 1024 * 1024;
const PAGE_BYTES = 64 * 1024;

let compiled: WebAssembly.Module | undefined;

/**
 * jq 1.8 in WebAssembly: it sees no files, no network and no environment of this machine. Past the memory limit a query
 * aborts by an exception, after which the instance is to be thrown away.
 */
export async function openJq(): Promise<Jq> {
  compiled ??= new WebAssembly.Module(
    readFileSync(createRequire(import.meta.url).resolve('jq-wasm/jq.wasm')),
  );
  const module = compiled;
  return loadJq({
    instantiateWasm: (imports, onSuccess) => {
      const instance = new WebAssembly.Instance(module, imports);
      for (const exported of Object.values(instance.exports)) {
        if (exported instanceof WebAssembly.Memory) limitGrowth(exported);
      }
      onSuccess(instance, module);
    },
  });
}

/** The module declares no maximum of its own, so growing is refused where its runtime asks for it. */
function limitGrowth(memory: WebAssembly.Memory): void {
  const grow = memory.grow.bind(memory);
  memory.grow = (pages) => {
    if (memory.buffer.byteLength + pages * PAGE_BYTES > MEMORY_BYTES_MAX) {
      throw new RangeError('the query takes too much memory');
    }
    return grow(pages);
  };
}

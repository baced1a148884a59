/** What open-jq uses of the global that TypeScript declares with the browser's only. */
declare namespace WebAssembly {
  type Imports = object;

  class Module {
    constructor(bytes: Uint8Array);
  }

  class Instance {
    constructor(module: Module, imports: Imports);
    readonly exports: Record<string, unknown>;
  }

  class Memory {
    readonly buffer: ArrayBuffer;
    /** Pages of 64 KiB; returns how many there were before. */
    grow: (pages: number) => number;
  }
}

type Field = bigint | Uint8Array;

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** The fields of one protobuf message, read without its schema. */
export class ProtobufFields {
  readonly #fields = new Map<number, Field[]>();
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    while (this.#at < bytes.length) this.#readField();
  }

  has(field: number): boolean {
    return this.#fields.has(field);
  }

  messages(field: number): ProtobufFields[] {
    return this.#bytesOf(field).map((bytes) => new ProtobufFields(bytes));
  }

  text(field: number): string {
    return Buffer.from(this.#bytesOf(field)[0] ?? []).toString('utf8');
  }

  hex(field: number): string {
    return Buffer.from(this.#bytesOf(field)[0] ?? []).toString('hex');
  }

  integer(field: number): number {
    const [value] = this.#fields.get(field) ?? [];
    return typeof value === 'bigint' ? Number(BigInt.asIntN(64, value)) : 0;
  }

  double(field: number): number {
    return Buffer.from(this.#bytesOf(field)[0] ?? new Uint8Array(8)).readDoubleLE();
  }

  /** As decimal text. */
  fixed64(field: number): string {
    return String(Buffer.from(this.#bytesOf(field)[0] ?? new Uint8Array(8)).readBigUInt64LE());
  }

  #bytesOf(field: number): Uint8Array[] {
    return (this.#fields.get(field) ?? []).filter((value) => typeof value !== 'bigint');
  }

  #readField(): void {
    const key = Number(this.#readVarint());
    const values = this.#fields.get(key >> 3) ?? [];
    values.push(this.#readValue(key & 7));
    this.#fields.set(key >> 3, values);
  }

  #readValue(wireType: number): Field {
    if (wireType === VARINT) return this.#readVarint();
    if (wireType === FIXED64) return this.#take(8);
    if (wireType === FIXED32) return this.#take(4);
    if (wireType === LENGTH_DELIMITED) return this.#take(Number(this.#readVarint()));
    throw new Error(`wire type ${wireType} is not protobuf 3`);
  }

  #readVarint(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const [byte = 0] = this.#take(1);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }

  #take(count: number): Uint8Array {
    const taken = this.#bytes.subarray(this.#at, this.#at + count);
    if (taken.length < count) throw new Error('the message ends too early');
    this.#at += count;
    return taken;
  }
}

/** Writes numbers of any width up to 32 bits, highest bit first. */
export function createBitWriter() {
  let buffer = Buffer.alloc(1 << 14);
  let length = 0;
  let pending = 0;
  let pendingBits = 0;

  function writeByte(byte: number): void {
    if (length === buffer.length) buffer = Buffer.concat([buffer, Buffer.alloc(length)]);
    buffer[length++] = byte;
  }

  function write(value: number, width: number): void {
    if (width > 16) {
      write(Math.floor(value / 2 ** 16), width - 16);
      write(value % 2 ** 16, 16);
      return;
    }
    pending = (pending << width) | value;
    pendingBits += width;
    while (pendingBits >= 8) {
      pendingBits -= 8;
      writeByte((pending >> pendingBits) & 0xff);
    }
    pending &= (1 << pendingBits) - 1;
  }

  return {
    write,

    /** Rice code: the folded value's high part as that many zeros and a one, then `parameter` low bits. */
    writeRice(value: number, parameter: number): void {
      const folded = value < 0 ? -2 * value - 1 : 2 * value;
      let zeros = folded >> parameter;
      for (; zeros >= 16; zeros -= 16) write(0, 16);
      write(1, zeros + 1);
      write(folded & ((1 << parameter) - 1), parameter);
    },

    /** What was written so far, filled up with zero bits to a whole byte. */
    bytes(): Buffer {
      const whole = Buffer.from(buffer.subarray(0, length));
      if (pendingBits === 0) return whole;
      return Buffer.concat([whole, Buffer.of((pending << (8 - pendingBits)) & 0xff)]);
    },
  };
}

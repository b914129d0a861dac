import { encodeQR } from 'qr';

export interface QrCode {
  /** Modules on a side, the quiet zone included. */
  readonly size: number;
  /** The dark modules as an SVG path, one unit a module. */
  readonly path: string;
}

/** A text as a QR code (ISO/IEC 18004), made here: what it holds is told to nobody else. */
export function qrCode(text: string): QrCode {
  const rows = encodeQR(text, 'raw', { border: 4, ecc: 'medium' });
  const path = rows.flatMap((row, y) => row.flatMap((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : []))).join('');
  return { size: rows.length, path };
}

import sharp, { type Metadata, type Sharp } from 'sharp';
import { dominantColours } from './dominant-colours.ts';
import { decoderReason, mediaErrors } from './errors.ts';
import { type ImageDetails, readExif } from './exif.ts';
import { COLOUR_EDGE, GRADIENT_EDGE, imageVector } from './image-vector.ts';
import { HASH_EDGE, type PerceptualHashes, perceptualHashes } from './perceptual-hash.ts';

export interface ImageFacts {
  /** In pixels, as a viewer sees it: after the camera's rotation. */
  readonly width: number;
  readonly height: number;
  readonly details: ImageDetails;
  /** WebP without metadata; the longest edge has at most 320 or 1200 pixels. A smaller picture keeps its size. */
  readonly thumbnails: { readonly small: Buffer; readonly large: Buffer };
  readonly perceptual: PerceptualHashes;
  /** Unit vector of 192 dimensions. */
  readonly vector: Float32Array;
  /** `#rrggbb`, the most frequent first. */
  readonly colours: readonly string[];
}

/** The largest image that is decoded: 40 megapixels. */
export const MAX_PIXELS = 40_000_000;

/**
 * Reads everything that the catalogue keeps of an image. The file is decoded once, in sharp's own threads, and all else is
 * made from that one picture of at most 1200 pixels. Errors: too_large, unreadable_image.
 */
export async function readImage(path: string): Promise<ImageFacts> {
  const header = await decoding(path, () => sharp(path, { limitInputPixels: false }).metadata());
  if (header.width * header.height > MAX_PIXELS) {
    throw mediaErrors.too_large({ width: header.width, height: header.height, limitPixels: MAX_PIXELS });
  }
  const [details, picture] = await decoding(path, () => Promise.all([readExif(path, header), decodeOnce(path)]));
  const [small, large, pixels] = await Promise.all([
    webp(picture().resize(SMALL_EDGE, SMALL_EDGE, INSIDE)),
    webp(picture()),
    square(picture(), COLOUR_EDGE),
  ]);
  return {
    ...uprightSize(header),
    details,
    thumbnails: { small, large },
    perceptual: perceptualHashes(greySquare(pixels, HASH_EDGE)),
    vector: imageVector(pixels, greySquare(pixels, GRADIENT_EDGE)),
    colours: dominantColours(pixels),
  };
}

const SMALL_EDGE = 320;
const LARGE_EDGE = 1200;
const INSIDE = { fit: 'inside', withoutEnlargement: true } as const;
const DECODE_SECONDS = 30;

/** Decodes to at most 1200 pixels, upright, in sRGB, and returns a maker of new pipelines over those pixels. */
async function decodeOnce(path: string): Promise<() => Sharp> {
  const { data, info } = await sharp(path, { limitInputPixels: MAX_PIXELS, failOn: 'error' })
    .timeout({ seconds: DECODE_SECONDS })
    .autoOrient()
    .resize(LARGE_EDGE, LARGE_EDGE, INSIDE)
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const raw = { width: info.width, height: info.height, channels: info.channels };
  return () => sharp(data, { raw });
}

/** Effort 1 of 6 takes a third of the default's time for a few per cent more bytes. */
function webp(picture: Sharp): Promise<Buffer> {
  return picture.webp({ quality: 80, effort: 1 }).toBuffer();
}

/** RGB bytes of the picture squeezed into a square; what is transparent counts as white. */
function square(picture: Sharp, edge: number): Promise<Buffer> {
  return picture.flatten({ background: '#ffffff' }).resize(edge, edge, { fit: 'fill' }).toColourspace('srgb').raw().toBuffer();
}

/** Lightness (ITU-R BT.709) of the colour square, averaged down to a smaller one: cheaper than asking the decoder again. */
function greySquare(rgb: Uint8Array, edge: number): Uint8Array {
  const cell = COLOUR_EDGE / edge;
  const sums = new Float64Array(edge * edge);
  for (let pixel = 0; pixel < COLOUR_EDGE * COLOUR_EDGE; pixel++) {
    const [red = 0, green = 0, blue = 0] = rgb.subarray(pixel * 3, pixel * 3 + 3);
    const x = Math.floor((pixel % COLOUR_EDGE) / cell);
    const y = Math.floor(pixel / COLOUR_EDGE / cell);
    const target = y * edge + x;
    sums[target] = (sums[target] ?? 0) + 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }
  return Uint8Array.from(sums, (sum) => Math.round(sum / (cell * cell)));
}

function uprightSize(header: Metadata): { width: number; height: number } {
  return { width: header.autoOrient.width, height: header.autoOrient.height };
}

async function decoding<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    throw mediaErrors.unreadable_image({ reason: decoderReason(cause, path) }, cause);
  }
}

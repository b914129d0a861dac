// The rehearsal catalogue: what an empty house is filled with, so that everything can be tried before anything is real.

import { drawSlab } from './collectibles.ts';
import { cometPin, fox, moth, openingNight, owl, whale } from './curios.ts';
import { orchardPruned, paperBirds, sunflowerCounted } from './garden.ts';
import { chordInFourColours, loudRoom, whereTheWindWent } from './instruments.ts';
import { lastTrain, nightMarket, sevenWindows } from './nocturnes.ts';
import { copperSun, glassElevator, nightDrive, type Score, slowWeather } from './songs.ts';
import { harbourAtLowTide, longPier, saltMarsh } from './tidelands.ts';
import type { SoundTags } from './wav.ts';

export interface RehearsalItem {
  readonly title: string;
  readonly description: string;
  readonly type: 'art' | 'music' | 'collectible';
  readonly tags: readonly string[];
  readonly brand: 'zig-zag' | 'gallery' | 'vault';
  /** In cents of EUR. */
  readonly priceMinor: bigint;
  readonly stock: number;
  readonly fileName: string;
  readonly work: Work;
}

/** How the file is made; `renderRehearsalItem` does it. */
export type Work =
  | { readonly kind: 'picture'; readonly format: 'png' | 'jpeg' | 'webp'; readonly draw: () => string }
  | { readonly kind: 'song'; readonly score: Score; readonly tags: SoundTags };

/** 12 pictures, 4 songs and 6 collectibles, always the same. Nothing is drawn or played until it is rendered. */
export function rehearsalCatalogue(): readonly RehearsalItem[] {
  return [...pictures, ...songs, ...collectibles];
}

const pictures = [
  picture({
    title: 'Harbour at low tide',
    description:
      'Five fishing boats lie on the mud under a warm evening sky and wait for the water to come back. From the series Tidelands.',
    tags: ['tidelands', 'coast', 'boats', 'sea', 'evening', 'landscape'],
    price: 240_00n,
    stock: 25,
    draw: harbourAtLowTide,
  }),
  picture({
    title: 'Salt marsh, first frost',
    description:
      'Reeds in rows, paler the further away, and one winding creek that keeps the morning light. From the series Tidelands.',
    tags: ['tidelands', 'coast', 'winter', 'reeds', 'morning', 'landscape'],
    price: 240_00n,
    stock: 25,
    draw: saltMarsh,
    format: 'jpeg',
  }),
  picture({
    title: 'The long pier at dusk',
    description: 'Planks and lamps run straight to where the sun goes down behind the ocean. From the series Tidelands.',
    tags: ['tidelands', 'coast', 'sunset', 'perspective', 'lamps', 'landscape'],
    price: 280_00n,
    stock: 15,
    draw: longPier,
    format: 'webp',
  }),
  picture({
    title: 'Night market',
    description:
      'Striped awnings, strings of bulbs, fruit in heaps, and people who stay longer than they meant to. From the series Nocturnes.',
    tags: ['nocturnes', 'city', 'crowd', 'lights', 'food', 'festive'],
    price: 320_00n,
    stock: 12,
    draw: nightMarket,
  }),
  picture({
    title: 'Last train out of the valley',
    description: 'A lit railway carriage crosses the viaduct under a full moon, mountains behind it. From the series Nocturnes.',
    tags: ['nocturnes', 'railway', 'mountains', 'moon', 'travel', 'blue'],
    price: 320_00n,
    stock: 12,
    draw: lastTrain,
    format: 'jpeg',
  }),
  picture({
    title: 'Seven windows awake',
    description:
      'Four tower blocks, hundreds of sleeping flats and exactly seven neighbours who are still up. From the series Nocturnes.',
    tags: ['nocturnes', 'city', 'architecture', 'insomnia', 'portrait format', 'blue'],
    price: 260_00n,
    stock: 7,
    draw: sevenWindows,
    format: 'webp',
  }),
  picture({
    title: 'Study for a loud room',
    description:
      'Fifty-eight lines that lie still at the edges and grow restless in the middle, as a crowd does. From the series Instruments.',
    tags: ['instruments', 'abstract', 'lines', 'ultramarine', 'sound', 'minimal'],
    price: 190_00n,
    stock: 40,
    draw: loudRoom,
  }),
  picture({
    title: 'Where the wind went',
    description: 'Fifteen hundred threads carried along by seven invisible whirls of air. From the series Instruments.',
    tags: ['instruments', 'abstract', 'flow', 'movement', 'weather', 'colourful'],
    price: 210_00n,
    stock: 40,
    draw: whereTheWindWent,
    format: 'webp',
  }),
  picture({
    title: 'Chord in four colours',
    description:
      'Sixty-four tiles of quarter circles that always meet, whichever way they are turned. From the series Instruments.',
    tags: ['instruments', 'abstract', 'geometry', 'pattern', 'tiles', 'bold'],
    price: 190_00n,
    stock: 40,
    draw: chordInFourColours,
  }),
  picture({
    title: 'Sunflower, counted',
    description: 'One flower head with 1,597 seeds, each set at the golden angle from the last. From the series Garden ledger.',
    tags: ['garden ledger', 'flower', 'mathematics', 'yellow', 'summer', 'botany'],
    price: 220_00n,
    stock: 30,
    draw: sunflowerCounted,
    format: 'jpeg',
  }),
  picture({
    title: 'Paper birds over Lisbon',
    description:
      'Forty-six folded sheets take off above pastel houses and red roofs on a clear morning. From the series Garden ledger.',
    tags: ['garden ledger', 'birds', 'origami', 'town', 'spring', 'playful'],
    price: 220_00n,
    stock: 30,
    draw: paperBirds,
    format: 'jpeg',
  }),
  picture({
    title: 'Orchard, pruned',
    description: 'Eleven cherry trees in blossom, each cut back to its own idea of a tree. From the series Garden ledger.',
    tags: ['garden ledger', 'trees', 'blossom', 'spring', 'pink', 'landscape'],
    price: 250_00n,
    stock: 20,
    draw: orchardPruned,
  }),
];

const songs = [
  song({
    title: 'Night Drive',
    description:
      'Synthwave at 104 beats a minute for an empty motorway: a walking bass, wide chords, a lead that looks out of the window.',
    tags: ['synthwave', 'electronic', 'nocturnal', 'car', 'upbeat'],
    score: nightDrive,
    track: 1,
    genre: 'Synthwave',
  }),
  song({
    title: 'Glass Elevator',
    description: 'Bells over seventh chords, slow and bright, going up past every floor without stopping.',
    tags: ['ambient', 'bells', 'calm', 'jazz harmony', 'instrumental'],
    score: glassElevator,
    track: 2,
    genre: 'Downtempo',
  }),
  song({
    title: 'Slow Weather',
    description: 'A minor key, long pads and few notes: the afternoon before the rain arrives.',
    tags: ['ambient', 'melancholy', 'rain', 'slow', 'instrumental'],
    score: slowWeather,
    track: 3,
    genre: 'Ambient',
  }),
  song({
    title: 'Copper Sun',
    description: 'House at 122 beats a minute with plucked strings, made for a roof in August.',
    tags: ['house', 'dance', 'summer', 'party', 'upbeat'],
    score: copperSun,
    track: 4,
    genre: 'House',
  }),
];

const collectibles = [
  collectible({
    title: 'Fox in headlights',
    about: 'Trading card, first series',
    grade: 9.5,
    certificate: 'VLT-000417',
    edition: { number: 7, of: 40 },
    tags: ['trading card', 'fox', 'animal', 'first series'],
    price: 145_00n,
    inside: fox,
    ground: '#f6d7c3',
  }),
  collectible({
    title: 'Moth no. 1',
    about: 'Trading card, first series',
    grade: 10,
    certificate: 'VLT-000418',
    edition: { number: 1, of: 40 },
    tags: ['trading card', 'moth', 'insect', 'first series'],
    price: 390_00n,
    inside: moth,
    ground: '#e9e4da',
  }),
  collectible({
    title: 'Owl of platform 9',
    about: 'Trading card, first series',
    grade: 8.5,
    certificate: 'VLT-000431',
    edition: { number: 22, of: 40 },
    tags: ['trading card', 'owl', 'bird', 'railway', 'first series'],
    price: 85_00n,
    inside: owl,
    ground: '#cfd8dc',
  }),
  collectible({
    title: 'Whale no. 1',
    about: 'Comic book, first printing',
    grade: 7,
    certificate: 'VLT-001002',
    edition: { number: 113, of: 500 },
    tags: ['comic book', 'whale', 'sea', 'first printing'],
    price: 60_00n,
    inside: whale,
    ground: '#d9c3b0',
  }),
  collectible({
    title: 'Comet pin',
    about: 'Enamel pin, gilt',
    grade: 9,
    certificate: 'VLT-002210',
    edition: { number: 3, of: 12 },
    tags: ['enamel pin', 'space', 'star', 'badge'],
    price: 120_00n,
    inside: cometPin,
    ground: '#ffb59a',
  }),
  collectible({
    title: 'Opening night',
    about: 'Ticket, unused',
    grade: 8,
    certificate: 'VLT-003001',
    edition: { number: 17, of: 90 },
    tags: ['ticket', 'theatre', 'stage', 'memorabilia'],
    price: 45_00n,
    inside: openingNight,
    ground: '#f2c14e',
  }),
];

interface PictureRow {
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly price: bigint;
  readonly stock: number;
  readonly draw: () => string;
  readonly format?: 'png' | 'jpeg' | 'webp';
}

function picture({ price, draw, format = 'png', ...row }: PictureRow): RehearsalItem {
  const ending = format === 'jpeg' ? 'jpg' : format;
  return {
    ...row,
    type: 'art',
    brand: 'gallery',
    priceMinor: price,
    fileName: fileName(row.title, ending),
    work: { kind: 'picture', format, draw },
  };
}

interface SongRow {
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly score: Score;
  readonly track: number;
  readonly genre: string;
}

function song({ score, track, genre, ...row }: SongRow): RehearsalItem {
  const tags = { title: row.title, artist: 'ZIG ZAG', album: 'Signals from the Roof', trackNumber: track, genre, year: 2026 };
  return {
    ...row,
    type: 'music',
    brand: 'zig-zag',
    priceMinor: 1_50n,
    stock: 1_000,
    fileName: fileName(row.title, 'flac'),
    work: { kind: 'song', score, tags },
  };
}

interface CollectibleRow {
  readonly title: string;
  readonly about: string;
  readonly grade: number;
  readonly certificate: string;
  readonly edition: { readonly number: number; readonly of: number };
  readonly tags: readonly string[];
  readonly price: bigint;
  readonly inside: () => string;
  readonly ground: string;
}

function collectible({ title, about, grade, certificate, edition, tags, price, inside, ground }: CollectibleRow): RehearsalItem {
  const draw = () =>
    drawSlab({ label: [title, about.replace(',', '  ')], certificate, grade, edition, inside: inside(), ground });
  return {
    title,
    description: `${about}, number ${edition.number} of ${edition.of}, graded ${grade}. Certificate ${certificate}.`,
    type: 'collectible',
    tags: [...tags, 'graded'],
    brand: 'vault',
    priceMinor: price,
    stock: 1,
    fileName: fileName(title, 'png'),
    work: { kind: 'picture', format: 'png', draw },
  };
}

function fileName(title: string, ending: string): string {
  return `${title.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.${ending}`;
}

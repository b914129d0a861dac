// What the works of the rehearsal catalogue cost, by their titles. Cents of EUR.

export interface RehearsalOffer {
  readonly price: bigint;
  readonly kind: 'digital' | 'physical';
  /** Undefined: as many as are wanted. */
  readonly stock?: number;
}

const print = (price: bigint, stock: number): RehearsalOffer => ({ price, stock, kind: 'digital' });
const song: RehearsalOffer = { price: 1_50n, kind: 'digital' };
const slab = (price: bigint): RehearsalOffer => ({ price, stock: 1, kind: 'physical' });

/** Prints are limited, songs are not, and each collectible is one of one that is sent by post. */
export const REHEARSAL_OFFERS: ReadonlyMap<string, RehearsalOffer> = new Map([
  ['Harbour at low tide', print(240_00n, 25)],
  ['Salt marsh, first frost', print(240_00n, 25)],
  ['The long pier at dusk', print(280_00n, 15)],
  ['Night market', print(320_00n, 12)],
  ['Last train out of the valley', print(320_00n, 12)],
  ['Seven windows awake', print(260_00n, 7)],
  ['Study for a loud room', print(190_00n, 40)],
  ['Where the wind went', print(210_00n, 40)],
  ['Chord in four colours', print(190_00n, 40)],
  ['Sunflower, counted', print(220_00n, 30)],
  ['Paper birds over Lisbon', print(220_00n, 30)],
  ['Orchard, pruned', print(250_00n, 20)],
  ['Night Drive', song],
  ['Glass Elevator', song],
  ['Slow Weather', song],
  ['Copper Sun', song],
  ['Fox in headlights', slab(145_00n)],
  ['Moth no. 1', slab(390_00n)],
  ['Owl of platform 9', slab(85_00n)],
  ['Whale no. 1', slab(60_00n)],
  ['Comet pin', slab(120_00n)],
  ['Opening night', slab(45_00n)],
]);

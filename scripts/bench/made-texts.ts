// A catalogue in words: titles, descriptions and tags of works that nobody has made, and questions about them.
import { between, createRandom, pick, type Random } from '../../plugins/assets/src/rehearsal/random.ts';

export interface MadeText {
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
}

/** Always the same for the same numbers. `motif` decides what the work is about; `number` tells works of one motif apart. */
export function madeText(motif: number, number: number): MadeText {
  const random = createRandom(`motif ${motif}`);
  const [subject, place, time, manner] = [
    pick(random, SUBJECTS),
    pick(random, PLACES),
    pick(random, TIMES),
    pick(random, MANNERS),
  ];
  const detail = pick(random, DETAILS);
  return {
    title: `${capital(subject)} ${place}, no. ${number + 1}`,
    description: `${capital(subject)} ${place} ${time}, ${manner}. ${detail}`,
    tags: [subject.split(' ').at(-1) ?? subject, time.split(' ').at(-1) ?? time, pick(random, SERIES)],
  };
}

/** Words that stand in the works. */
export const KEYWORDS = [
  'lighthouse',
  'violin',
  'carousel',
  'orchard',
  'tram',
  'harbour dawn',
  'foxes snow',
  'greenhouse',
  'bakery',
  'piano',
];

/** The same things in other words. */
export const PARAPHRASES = [
  'vessels on the water in the evening',
  'a tower that guides sailors',
  'a place where bread is made',
  'stringed instrument played outdoors',
  'fruit trees in spring',
  'public transport in the rain',
  'wild animals in winter',
  'children at a funfair',
  'plants behind glass',
  'loneliness in a big town',
  'an old machine that still works',
  'somebody who cannot sleep',
];

/** Near another vector: a unit vector whose cosine with it is about 0.96. */
export function nearby(vector: Float32Array, random: Random): Float32Array {
  const spread = 0.5 / Math.sqrt(vector.length);
  const moved = vector.map((value) => value + between(random, -spread, spread));
  const length = Math.hypot(...moved);
  return moved.map((value) => value / length);
}

type Words = readonly [string, ...string[]];

const SUBJECTS: Words = [
  'a lighthouse',
  'fishing boats',
  'a violin',
  'a carousel',
  'an orchard',
  'a tram',
  'two foxes',
  'a greenhouse',
  'a bakery window',
  'a grand piano',
  'a paper kite',
  'an empty swimming pool',
  'a suspension bridge',
  'a flock of starlings',
  'a telephone box',
  'an astronaut',
  'a sleeping cat',
  'a clockmaker',
  'wheat fields',
  'a steam engine',
  'a market stall',
  'a spiral staircase',
  'a chess game',
  'a jazz quartet',
  'a whale',
  'a library',
  'a red umbrella',
  'a glass elevator',
];
const PLACES: Words = [
  'in the harbour',
  'above the dunes',
  'behind the station',
  'in the old town',
  'on a rooftop',
  'at the edge of the forest',
  'under the bridge',
  'in an abandoned factory',
  'by the frozen lake',
  'on the last street of the suburb',
  'in the desert',
  'between two houses',
];
const TIMES: Words = [
  'at dawn',
  'at noon',
  'in the evening',
  'at night',
  'in the snow',
  'after the rain',
  'in autumn',
  'in spring',
];
const MANNERS: Words = [
  'seen from far away',
  'painted in five colours',
  'slow and quiet, with much reverb',
  'recorded in one take',
  'photographed on film',
  'as a woodcut',
  'loud and fast',
  'made of torn paper',
  'drawn with a single line',
  'sung by a choir',
];
const DETAILS: Words = [
  'The light comes from one lamp alone.',
  'Nobody is there, and the door stands open.',
  'Everything leans a little to the left.',
  'It was finished in one afternoon.',
  'The bass enters late and stays.',
  'Somebody waits who does not know for what.',
  'Signed on the back, with a certificate.',
  'The second of a pair that was never sold apart.',
];
const SERIES: Words = ['tidelands', 'nocturnes', 'curios', 'garden', 'machines', 'quiet-rooms', 'departures'];

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

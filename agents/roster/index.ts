// Who works in a house from the beginning. The first one answers whoever names nobody.
import { firstAgent } from '../src/define-agent.ts';
import { analyst } from './analyst.ts';
import { bookkeeper } from './bookkeeper.ts';
import { concierge } from './concierge.ts';
import { copywriter } from './copywriter.ts';
import { guard } from './guard.ts';
import { indexer } from './indexer.ts';
import { marketWatcher } from './market-watcher.ts';
import { shopkeeper } from './shopkeeper.ts';

export const definitions = [concierge, indexer, copywriter, bookkeeper, marketWatcher, analyst, guard, shopkeeper];

/** As `workforceWith` takes them. */
export const roster = definitions.map(firstAgent);

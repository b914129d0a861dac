import { definePlugin } from '@troupe-os/core';
import { addWatch } from './actions/add-watch.ts';
import { dismissOpportunity } from './actions/dismiss-opportunity.ts';
import { getSummary } from './actions/get-summary.ts';
import { importQuotes } from './actions/import-quotes.ts';
import { listOpportunities } from './actions/list-opportunities.ts';
import { listQuotes } from './actions/list-quotes.ts';
import { listSources } from './actions/list-sources.ts';
import { listWatches } from './actions/list-watches.ts';
import { refreshSource } from './actions/refresh-source.ts';
import { removeWatch } from './actions/remove-watch.ts';
import { watchMet } from './contract.ts';
import { marketdataErrors } from './errors.ts';
import { readSourceJob, readSourcesJob } from './jobs.ts';
import * as tables from './schema.ts';
import type { PriceSource } from './source.ts';
import { UPLOADS } from './uploads.ts';

export type { Fault, Floor, HouseSource, NewQuote, OutsideSource, PriceSource, Reading } from './source.ts';
export { type ChainSalesOptions, chainSales } from './sources/chain-sales.ts';
export { ownSales } from './sources/own-sales.ts';
export { type QuoteFileOptions, quoteFile } from './sources/quote-file.ts';

const recorded = { hidden: [], unrecorded: [] };
const read = 'marketdata.quote.read';

/** The plugin of a house whose prices come from these sources. They tell of all brands, so whoever reads them works for the company. */
export function marketdataWith(sources: readonly PriceSource[]) {
  const ids = [...sources, UPLOADS].map(({ id }) => id);
  const taken = ids.find((id, at) => !/^[a-z][a-z0-9-]{0,39}$/.test(id) || ids.indexOf(id) !== at);
  if (taken !== undefined) throw new Error(`"${taken}" is no id of a price source, or that of another one.`);
  const readSource = readSourceJob(sources);
  return definePlugin({
    id: 'marketdata',
    version: '0.1.0',
    from: import.meta.url,
    permissions: {
      [read]: { title: 'See prices from all sources, watches and opportunities', roles: ['editor'], company: true },
      'marketdata.source.refresh': { title: 'Have a price source read at once', roles: ['editor'], company: true },
      'marketdata.quote.import': { title: 'Bring in files of quotes', roles: ['editor'], company: true },
      'marketdata.watch.write': { title: 'Have prices watched and dismiss opportunities', roles: ['editor'], company: true },
    },
    tables: {
      sources: {
        table: tables.sources,
        read,
        hidden: ['cursor'],
        unrecorded: [],
        codes: ['id', 'cursor', 'errorCode', 'errorMessage', 'faults'],
      },
      quotes: { table: tables.quotes, read, ...recorded, codes: ['sourceId', 'kind'] },
      watches: { table: tables.watches, read, own: 'personId', ...recorded, codes: ['kind', 'direction', 'personId'] },
      opportunities: { table: tables.opportunities, read, ...recorded, codes: ['dismissedBy'] },
    },
    settings: Object.assign({}, ...sources.map(({ settings }) => settings)) as Record<string, string>,
    actions: [
      listSources(sources),
      refreshSource(sources, readSource),
      importQuotes,
      listQuotes,
      getSummary,
      addWatch,
      listWatches,
      removeWatch,
      listOpportunities,
      dismissOpportunity,
    ],
    errors: [marketdataErrors],
    events: [watchMet],
    jobs: [readSource, readSourcesJob(sources, readSource)],
    requires: Object.assign({}, ...sources.map((source) => source.requires)) as Record<string, readonly string[]>,
    widgets: [{ name: 'opportunities', title: 'Opportunities', action: listOpportunities, view: 'table' }],
  });
}

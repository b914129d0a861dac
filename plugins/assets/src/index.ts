import { agentsNever, definePlugin, defineResource, provide } from '@troupe-os/core';
import { sql } from 'drizzle-orm';
import { acceptDraft } from './actions/accept-draft.ts';
import { addToCollection } from './actions/add-to-collection.ts';
import { archive } from './actions/archive.ts';
import { createCollection } from './actions/create-collection.ts';
import { get } from './actions/get.ts';
import { getDraft } from './actions/get-draft.ts';
import { getImport } from './actions/get-import.ts';
import { importWorks } from './actions/import.ts';
import { listCollections } from './actions/list-collections.ts';
import { listDrafts } from './actions/list-drafts.ts';
import { open } from './actions/open.ts';
import { publish } from './actions/publish.ts';
import { rejectDraft } from './actions/reject-draft.ts';
import { reopenDraft } from './actions/reopen-draft.ts';
import { saveDraft } from './actions/save-draft.ts';
import { search } from './actions/search.ts';
import { update } from './actions/update.ts';
import { assetIndexed, assetPublished, assetsPort } from './contract.ts';
import { WRITE_DRAFTS } from './drafts.ts';
import { assetsErrors } from './errors.ts';
import { enqueueFiles, importFile } from './jobs.ts';
import { mediaErrors } from './media/errors.ts';
import { describeInBrandVoice } from './prompts.ts';
import * as tables from './schema.ts';
import { rehearsal } from './seeds.ts';
import { changeStatus } from './status.ts';
import { describeAssets, listAssets, setOwner } from './works.ts';

const read = 'assets.asset.read';
const importing = 'assets.asset.import';

export const assetsPlugin = definePlugin({
  id: 'assets',
  version: '0.1.0',
  from: import.meta.url,
  permissions: {
    'assets.catalogue.read': { title: 'See works that are published, on sale or sold', roles: ['guest'] },
    'assets.asset.read': { title: 'See all works of a brand, with their files', roles: ['viewer'] },
    [WRITE_DRAFTS]: { title: 'Propose words for works', roles: ['viewer'] },
    'assets.asset.import': { title: 'Bring works in and follow imports', roles: ['editor'] },
    'assets.asset.write': { title: 'Change works and put collections together', roles: ['editor'] },
    'assets.asset.publish': { title: 'Publish and archive works', roles: ['editor'] },
    'assets.history.read': { title: 'See who changed what of a work', roles: ['editor'] },
  },
  tables: {
    assets: {
      table: tables.assets,
      read,
      own: 'ownerId',
      hidden: [],
      unrecorded: ['fileText', 'searchText', 'words'],
      objects: ['originalKey'],
      codes: ['brandId', 'type', 'status', 'source', 'ownerKind', 'ownerId', 'sha256', 'originalKey'],
    },
    derivatives: {
      table: tables.derivatives,
      read,
      hidden: [],
      unrecorded: [],
      objects: ['objectKey'],
      codes: ['assetId', 'name', 'objectKey', 'contentType'],
    },
    embeddings: { table: tables.embeddings, read, hidden: ['vector'], unrecorded: ['vector'] },
    fingerprints: {
      table: tables.fingerprints,
      read,
      hidden: ['visual', 'acoustic', 'acousticWords'],
      unrecorded: ['visual', 'acoustic', 'acousticWords'],
    },
    likenesses: {
      table: tables.likenesses,
      read,
      hidden: [],
      unrecorded: [],
      codes: ['assetId', 'otherId', 'kind', 'measure'],
    },
    collections: { table: tables.collections, read, hidden: [], unrecorded: [] },
    collectionItems: { table: tables.collectionItems, read, hidden: [], unrecorded: [] },
    drafts: {
      table: tables.drafts,
      read,
      own: 'personId',
      hidden: [],
      unrecorded: [],
      codes: ['assetId', 'kind', 'sources', 'writtenBy', 'personId', 'writtenFor', 'state', 'decidedBy'],
      // what was accepted is the work's own by now
      personal: { columns: ['text', 'reason', 'note'], mentions: ['text', 'reason', 'note'], needed: sql`state = 'accepted'` },
    },
    imports: { table: tables.imports, read: importing, own: 'actorId', hidden: [], unrecorded: [] },
    importFiles: { table: tables.importFiles, read: importing, hidden: ['reference'], unrecorded: [] },
  },
  actions: [
    importWorks,
    getImport,
    search,
    get,
    open,
    update,
    publish,
    archive,
    createCollection,
    addToCollection,
    listCollections,
    saveDraft,
    listDrafts,
    getDraft,
    acceptDraft,
    rejectDraft,
    reopenDraft,
  ],
  // an agent proposes; what becomes of it is a person's to say
  policies: [agentsNever('assets', ['assets.accept-draft', 'assets.reject-draft', 'assets.reopen-draft'])],
  errors: [assetsErrors, mediaErrors],
  events: [assetIndexed, assetPublished],
  jobs: [importFile, enqueueFiles],
  provides: [
    provide(assetsPort, (ctx) => ({
      describe: (assetIds) => describeAssets(ctx, assetIds),
      list: (which) => listAssets(ctx, which),
      changeStatus: (assetId, to) => changeStatus(ctx, assetId, to),
      setOwner: (assetId, owner) => setOwner(ctx, assetId, owner),
    })),
  ],
  widgets: [{ name: 'newest-works', title: 'Newest works', action: search, view: 'media' }],
  resources: [
    defineResource({ name: 'asset', title: 'A work', uriTemplate: 'asset://{id}', action: get }),
    defineResource({ name: 'asset-file', title: 'A file of a work', uriTemplate: 'asset://{id}/{variant}', action: open }),
  ],
  prompts: [describeInBrandVoice],
  seeds: [rehearsal],
});

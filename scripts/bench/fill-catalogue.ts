// Fills a house with works that have no files, as its owner and in recorded calls, for benches that need many.
import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { vectorText } from '../../core/src/embeddings/columns.ts';
import type { Embeddings } from '../../core/src/embeddings/driver.ts';
import type { House } from '../../core/src/house.ts';
import { createRandom, pick } from '../../plugins/assets/src/rehearsal/random.ts';
import { searchText } from '../../plugins/assets/src/search-text.ts';
import { madeText, nearby } from './made-texts.ts';

const ROWS_A_CALL = 250;

/** Writes the works at the places `from` to below `to`. `vectors` are those of the first works: the others get one near theirs. */
export async function fillCatalogue(
  { database }: Pick<House, 'database'>,
  { from, to, vectors, model }: { from: number; to: number; vectors: readonly Float32Array[]; model: string },
): Promise<void> {
  for (let first = from; first < to; first += ROWS_A_CALL) {
    const places = Array.from({ length: Math.min(ROWS_A_CALL, to - first) }, (_, i) => first + i);
    const works = JSON.stringify(places.map((at) => workAt(at, vectors)));
    await database.owner((owner) =>
      owner.transaction(async ({ rows }) => {
        const callId = crypto.randomUUID();
        await rows(sql`select set_config('troupe.call', ${callId}, true)`);
        await rows(sql`insert into assets.assets (id, brand_id, type, status, title, description, tags, source, sha256, original_key, file_name,
            content_type, size, facts, file_text, search_text, created_at, updated_at)
          select id, brand_id, type, status, title, description, tags, 'made', sha256, 'originals/' || sha256, id || '.bin',
            'application/octet-stream', 1, '{"kind":"other"}', '', search_text, now(), now()
          from jsonb_to_recordset(${works}::text::jsonb)
            as one (id text, brand_id text, type text, status text, title text, description text, tags text[], sha256 text, search_text text)`);
        await rows(sql`insert into assets.embeddings (asset_id, model, dimensions, vector)
          select id, ${model}, ${vectors[0]?.length ?? 0}, vector::vector from jsonb_to_recordset(${works}::text::jsonb) as one (id text, vector text)`);
        await rows(sql`select core.record_call(${recordOf(callId)}::text::jsonb, '{}')`);
      }),
    );
  }
}

/** The vectors of the first works: what those after them are about again. */
export function embedFirst(embeddings: Embeddings, count: number): Promise<Float32Array[]> {
  return embeddings.embed(Array.from({ length: count }, (_, at) => searchText({ ...madeText(at, at), fileText: '' })));
}

const BRANDS = ['zig-zag', 'gallery', 'vault'] as const;
const TYPES = ['music', 'music', 'music', 'art', 'art', 'art', 'art', 'collectible', 'nft', 'document'] as const;
const STATUSES = ['draft', 'indexed', 'indexed', 'published', 'published', 'on-sale', 'sold', 'archived'] as const;

function workAt(at: number, vectors: readonly Float32Array[]) {
  const random = createRandom(`work ${at}`);
  const motif = at % vectors.length;
  const text = madeText(motif, at);
  const near = vectors[motif] ?? new Float32Array();
  return {
    ...text,
    id: `bench-${String(at).padStart(6, '0')}`,
    brand_id: pick(random, BRANDS),
    type: pick(random, TYPES),
    status: pick(random, STATUSES),
    sha256: createHash('sha256').update(`work ${at}`).digest('hex'),
    search_text: searchText({ ...text, fileText: '' }),
    vector: vectorText(at < vectors.length ? near : nearby(near, random)),
  };
}

const recordOf = (callId: string) =>
  JSON.stringify({
    call_id: callId,
    request_id: 'bench',
    trace_id: 'bench',
    kind: 'seed',
    cause: 'bench',
    plugin: 'assets',
    plugin_version: '1',
    action: 'assets.fill-catalogue',
    effect: 'write',
    actor: 'service:assets',
    tainted: false,
    outcome: 'succeeded',
    digest: 'bench',
  });

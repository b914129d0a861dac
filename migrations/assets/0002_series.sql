-- Works of a series have nearly the same text or look. With the default of 16 neighbours a graph of 33 such works is an island that
-- no search enters (of the ten nearest, 0.38 were found; with 32 neighbours 0.97), so both graphs are built denser.
drop index assets.embeddings_vector_idx;
create index embeddings_nearest on assets.embeddings using hnsw ((vector::vector(512)) vector_cosine_ops)
  with (m = 32, ef_construction = 128) where dimensions = 512;
drop index assets.fingerprints_visual_idx;
create index fingerprints_nearest on assets.fingerprints using hnsw (visual vector_cosine_ops) with (m = 32, ef_construction = 128);

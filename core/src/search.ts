// What a plugin needs whose rows are found by meaning and by words: columns, embeddings and the one ranking.
export { anyVector, tsvector, vectorText } from './embeddings/columns.ts';
export { type Embedding, embedText } from './embeddings/embed-text.ts';
export { type Least, type Question, type Ranking, rank, type Searched, wordsOf } from './search/ranking.ts';

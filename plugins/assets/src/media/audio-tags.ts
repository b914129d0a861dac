import { type IAudioMetadata, parseFile, selectCover } from 'music-metadata';

export interface AudioTags {
  readonly title?: string;
  readonly artist?: string;
  readonly album?: string;
  readonly trackNumber?: number;
  readonly year?: number;
  readonly genres: readonly string[];
  readonly isrc?: string;
}

export interface TaggedAudio {
  readonly tags: AudioTags;
  readonly cover?: { readonly mime: string; readonly bytes: Uint8Array };
  /** As the header declares it. */
  readonly channels?: number;
}

/** Reads the tags of a sound file: ID3, Vorbis comments, RIFF INFO, AIFF text. Throws what the parser throws. */
export async function readAudioTags(path: string): Promise<TaggedAudio> {
  const { common, format } = await parseFile(path);
  const cover = selectCover(common.picture);
  return {
    tags: chosenTags(common),
    ...(cover && { cover: { mime: cover.format, bytes: cover.data } }),
    ...(format.numberOfChannels && { channels: format.numberOfChannels }),
  };
}

const LONGEST_TEXT = 500;

function chosenTags(common: IAudioMetadata['common']): AudioTags {
  const title = text(common.title);
  const artist = text(common.artist);
  const album = text(common.album);
  const isrc = text(common.isrc?.[0]);
  return {
    ...(title && { title }),
    ...(artist && { artist }),
    ...(album && { album }),
    ...(common.track.no && { trackNumber: common.track.no }),
    ...(common.year && { year: common.year }),
    genres: (common.genre ?? []).flatMap((genre) => text(genre) ?? []),
    ...(isrc && { isrc }),
  };
}

function text(value: string | undefined): string | undefined {
  return value?.replaceAll('\0', '').trim().slice(0, LONGEST_TEXT) || undefined;
}

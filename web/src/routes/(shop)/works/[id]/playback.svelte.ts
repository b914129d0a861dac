// What an <audio> element is doing, and the keys and clicks that move it.

const STEP_SECONDS = 5;

export class Playback {
  playing = $state(false);
  at = $state(0);
  #seconds: () => number;
  #audio: HTMLAudioElement | undefined;

  constructor(seconds: () => number) {
    this.#seconds = seconds;
  }

  /** How much has been played, from 0 to 1. */
  get part(): number {
    return this.#seconds() > 0 ? Math.min(1, this.at / this.#seconds()) : 0;
  }

  attach = (audio: HTMLAudioElement) => {
    this.#audio = audio;
    const follow = () => {
      this.at = audio.currentTime;
      this.playing = !audio.paused;
    };
    const events = ['play', 'pause', 'timeupdate', 'ended', 'seeked'];
    for (const event of events) audio.addEventListener(event, follow);
    return () => {
      for (const event of events) audio.removeEventListener(event, follow);
    };
  };

  toggle = () => {
    const audio = this.#audio;
    if (!audio) return;
    if (audio.paused) void audio.play();
    else audio.pause();
  };

  seek = (event: MouseEvent & { currentTarget: HTMLElement }) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    this.#moveTo(((event.clientX - left) / width) * this.#seconds());
  };

  key = (event: KeyboardEvent) => {
    const moves: Record<string, number> = { ArrowRight: this.at + STEP_SECONDS, ArrowLeft: this.at - STEP_SECONDS, Home: 0 };
    const to = moves[event.key];
    if (to === undefined && event.key !== ' ') return;
    event.preventDefault();
    if (to === undefined) this.toggle();
    else this.#moveTo(to);
  };

  #moveTo(seconds: number): void {
    if (!this.#audio) return;
    this.#audio.currentTime = Math.max(0, Math.min(this.#seconds(), seconds));
    this.at = this.#audio.currentTime;
  }
}

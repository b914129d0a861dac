// Sends the files of a form one by one to the import action, which streams each, and goes to the page that follows the import.
import { goto } from '$app/navigation';

export class Upload {
  sent = $state(0);
  total = $state(0);
  problem = $state('');
  isBusy = $derived(this.total > 0 && this.problem === '');

  send = async (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const picked = form.getAll('files').filter((entry): entry is File => entry instanceof File && entry.size > 0);
    this.problem = picked.length === 0 ? 'Choose at least one file that is not empty.' : '';
    this.total = picked.length;
    this.sent = 0;
    if (this.problem) return;
    try {
      const importId = await this.#bringIn(picked, form);
      await goto(`/console/assets/imports/${importId}`);
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    }
  };

  async #bringIn(picked: readonly File[], form: FormData): Promise<string> {
    const files: string[] = [];
    for (const file of picked) {
      const { file: name } = await answerOf(
        fetch(`/api/assets/import/files?name=${encodeURIComponent(file.name)}`, { method: 'POST', body: file }),
      );
      files.push(String(name));
      this.sent += 1;
    }
    const tags = String(form.get('tags') ?? '')
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== '');
    const body = JSON.stringify({ files, brandId: form.get('brand'), tags });
    const headers = { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() };
    const { importId } = await answerOf(fetch('/api/assets/import', { method: 'POST', body, headers }));
    return String(importId);
  }
}

async function answerOf(asked: Promise<Response>): Promise<Record<string, unknown>> {
  const response = await asked;
  const body = (await response.json()) as Record<string, unknown>;
  if (!response.ok) throw new Error(String(body.message ?? 'The server did not answer as expected.'));
  return body;
}

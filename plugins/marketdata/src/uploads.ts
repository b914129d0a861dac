/** The source of what people bring in by hand. */
export const UPLOADS = { id: 'uploads', title: 'Files that people bring in', kind: 'file', isUntrusted: true } as const;

import { type Html, html } from './render-html';

const REFRESH_SECONDS = 3;

export interface PageOptions {
  /** Gerrit as browsers reach it, no trailing slash. */
  readonly gerritUrl: string | undefined;
}

/** A whole page. `refresh`: it may be another one in a moment, and loads itself again. */
export function page(title: string, body: Html, refresh: boolean): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${refresh ? html`<meta http-equiv="refresh" content="${REFRESH_SECONDS}">` : undefined}
<title>${title} · Seakeeper</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
<header><a href="/">Seakeeper</a></header>
<main>
${body}
</main>
</body>
</html>
`.text;
}

/** Address of a change or patch set in Gerrit; undefined when browsers reach none. */
export function changeUrl(
  { gerritUrl }: PageOptions,
  project: string,
  change: number | string,
  patchSet?: number | string,
): string | undefined {
  const segments = project.split('/').map(encodeURIComponent).join('/');
  const behind = patchSet === undefined ? '' : `/${patchSet}`;
  return gerritUrl === undefined ? undefined : `${gerritUrl}/c/${segments}/+/${change}${behind}`;
}

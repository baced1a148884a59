import { userTexts, type MessagesRequest } from '../request.ts';

/** How planners mark the goal: in a tag, else on a line that begins with its name. */
const MARKS = [/<goal>\s*([\s\S]*?)\s*<\/goal>/i, /^[#*\s]*goal[*\s]*:\s*(.+)$/im];

/** The goal of a planning request: where a user's turn marks it, else the first user's turn up to its first JSON. */
export function goalOf(request: MessagesRequest): string {
  const texts = userTexts(request);
  const marked = texts.flatMap((text) => MARKS.map((mark) => mark.exec(text)?.[1]));
  const found = marked.find((goal) => goal !== undefined);
  return (found ?? (texts[0] ?? '').split(/\n\s*[[{]/)[0] ?? '').trim();
}

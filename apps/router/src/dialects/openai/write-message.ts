import type OpenAI from 'openai';
import type {
  AssistantPart,
  FilePart,
  ImagePart,
  MediaSource,
  TextPart,
  ToolResultPart,
  UserPart,
} from '../../domain/chat/chat-part.ts';
import { textOf } from '../../domain/chat/chat-answer.ts';
import type { ChatMessage, ChatRequest } from '../../domain/chat/chat-request.ts';

type Message = OpenAI.Chat.ChatCompletionMessageParam;

/** The conversation; what stands before it is its first message. */
export function toMessages({ system, messages }: ChatRequest): Message[] {
  const first: Message[] = system.length > 0 ? [{ role: 'system', content: joined(system) }] : [];
  return [...first, ...messages.flatMap(messagesOf)];
}

/** The results of tools are messages of their own and come before what the user says beside them. */
function messagesOf(message: ChatMessage): Message[] {
  if (message.role === 'system') return [{ role: 'system', content: joined(message.content) }];
  if (message.role === 'assistant') return [assistantOf(message.content)];
  const results = message.content.filter((part) => part.type === 'tool_result');
  const said = message.content.filter((part) => part.type !== 'tool_result');
  const images = results.flatMap(({ content }) => content.filter(({ type }) => type !== 'text'));
  const content = [...images, ...said].flatMap(contentOf);
  return [
    ...results.map(resultOf),
    ...(content.length > 0 ? [{ role: 'user' as const, content: plainOr(content) }] : []),
  ];
}

function assistantOf(parts: readonly AssistantPart[]): OpenAI.Chat.ChatCompletionAssistantMessageParam {
  const text = textOf(parts);
  const refusal = parts.find((part) => part.type === 'refusal');
  const calls = parts.flatMap((part) =>
    part.type === 'tool_use'
      ? [{ id: part.id, type: 'function' as const, function: { name: part.name, arguments: part.inputJson } }]
      : [],
  );
  return {
    role: 'assistant',
    content: text === '' ? null : text,
    ...(refusal && { refusal: refusal.text }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

/** Texts only; images of a result go with what the user says. An error is told in words: the protocol has no field for it. */
function resultOf({ toolUseId, content, isError }: ToolResultPart): Message {
  const text = content.map((part) => (part.type === 'text' ? part.text : '')).join('');
  return { role: 'tool', tool_call_id: toolUseId, content: isError === true ? `Error: ${text}` : text };
}

function joined(parts: readonly TextPart[]): string {
  return parts.map(({ text }) => text).join('\n\n');
}

type Content = OpenAI.Chat.ChatCompletionContentPart;

function plainOr(content: Content[]): string | Content[] {
  const [only, ...more] = content;
  return more.length === 0 && only?.type === 'text' ? only.text : content;
}

function contentOf(part: UserPart): Content[] {
  switch (part.type) {
    case 'text':
      return [{ type: 'text', text: part.text }];
    case 'image':
      return [imageOf(part)];
    case 'file':
      return [fileOf(part)];
    case 'tool_result':
    case 'foreign':
      return [];
  }
}

function imageOf({ source, detail }: ImagePart): Content {
  const url = urlOf(source);
  return { type: 'image_url', image_url: { url, ...(detail !== undefined && { detail }) } };
}

function fileOf({ source, name }: FilePart): Content {
  if (source.type === 'file') return { type: 'file', file: { file_id: source.fileId } };
  return { type: 'file', file: { file_data: urlOf(source), ...(name !== undefined && { filename: name }) } };
}

function urlOf(source: MediaSource): string {
  if (source.type === 'url') return source.url;
  return source.type === 'file' ? source.fileId : `data:${source.mediaType};base64,${source.data}`;
}

import type Anthropic from '@anthropic-ai/sdk';
import type {
  AssistantPart,
  CacheMark,
  FilePart,
  ImagePart,
  MediaSource,
  TextPart,
  ToolResultPart,
  ToolUsePart,
  UserPart,
} from '../../domain/chat/chat-part.ts';
import type { ChatMessage } from '../../domain/chat/chat-request.ts';

type Block = Anthropic.ContentBlockParam;

/** A turn; one of a single unmarked text is written as a plain text. */
export function toMessage(message: ChatMessage): Anthropic.MessageParam {
  if (message.role === 'system') return { role: 'system', content: toSystem(message.content) };
  const { role, content } = message;
  const [only, ...more] = content;
  if (more.length === 0 && only?.type === 'text' && only.cache === undefined) {
    return { role, content: only.text };
  }
  return role === 'user'
    ? { role, content: content.flatMap(toBlocks) }
    : { role, content: content.flatMap(toBlocks) };
}

/** What stands before the conversation, in the same way. */
export function toSystem(parts: readonly TextPart[]): string | Anthropic.TextBlockParam[] {
  const [only, ...more] = parts;
  if (more.length === 0 && only !== undefined && only.cache === undefined) return only.text;
  return parts.map(toText);
}

export function marked(cache: CacheMark | undefined): { cache_control?: Anthropic.CacheControlEphemeral } {
  return cache === undefined ? {} : { cache_control: { type: 'ephemeral', ...cache } };
}

/** None for a part that the protocol cannot say. */
function toBlocks(part: UserPart | AssistantPart): Block[] {
  switch (part.type) {
    case 'text':
      return part.text === '' ? [] : [toText(part)];
    case 'image':
      return [toImage(part)];
    case 'file':
      return toDocument(part);
    case 'tool_use':
      return [toToolUse(part)];
    case 'tool_result':
      return [toToolResult(part)];
    case 'thinking':
      // Unsigned thoughts are another provider's: they would be refused.
      return part.signature === undefined
        ? []
        : [{ type: 'thinking', thinking: part.text, signature: part.signature }];
    case 'hidden_thinking':
      return [{ type: 'redacted_thinking', data: part.data }];
    case 'refusal':
      return [{ type: 'text', text: part.text }];
    case 'foreign':
      return [];
  }
}

function toText({ text, cache }: TextPart): Anthropic.TextBlockParam {
  return { type: 'text', text, ...marked(cache) };
}

function toImage({ source, cache }: ImagePart): Anthropic.ImageBlockParam {
  return { type: 'image', source: imageSourceOf(source), ...marked(cache) };
}

function imageSourceOf(source: MediaSource): Anthropic.ImageBlockParam['source'] {
  if (source.type === 'url') return source;
  if (source.type === 'file') return { type: 'file', file_id: source.fileId };
  // Which kinds of images it takes is for the provider to say.
  const mediaType = source.mediaType as Anthropic.Base64ImageSource['media_type'];
  return { type: 'base64', media_type: mediaType, data: source.data };
}

function toDocument({ source, name, cache }: FilePart): Anthropic.DocumentBlockParam[] {
  const more = { ...(name !== undefined && { title: name }), ...marked(cache) };
  if (source.type === 'url') return [{ type: 'document', source, ...more }];
  if (source.type === 'file') {
    return [{ type: 'document', source: { type: 'file', file_id: source.fileId }, ...more }];
  }
  const { data } = source;
  return [{ type: 'document', source: { type: 'base64', media_type: 'application/pdf', data }, ...more }];
}

function toToolUse({ id, name, inputJson, cache }: ToolUsePart): Anthropic.ToolUseBlockParam {
  return { type: 'tool_use', id, name, input: inputOf(inputJson), ...marked(cache) };
}

/** The protocol wants an object; arguments that are none are told as they are. */
function inputOf(inputJson: string): unknown {
  try {
    return JSON.parse(inputJson === '' ? '{}' : inputJson);
  } catch {
    return { arguments: inputJson };
  }
}

function toToolResult({
  toolUseId,
  content,
  isError,
  cache,
}: ToolResultPart): Anthropic.ToolResultBlockParam {
  const [only, ...more] = content;
  const isPlain = more.length === 0 && only?.type === 'text' && only.cache === undefined;
  return {
    type: 'tool_result',
    tool_use_id: toolUseId,
    content: isPlain ? only.text : content.flatMap(toResultBlocks),
    ...(isError === true && { is_error: true }),
    ...marked(cache),
  };
}

function toResultBlocks(
  part: ToolResultPart['content'][number],
): (Anthropic.TextBlockParam | Anthropic.ImageBlockParam | Anthropic.DocumentBlockParam)[] {
  if (part.type === 'text') return [toText(part)];
  return part.type === 'image' ? [toImage(part)] : toDocument(part);
}

import { z } from 'zod';

const block = z.looseObject({ type: z.string(), text: z.string().optional() });
const content = z.union([z.string(), z.array(block)]);
const tool = z.looseObject({ name: z.string(), input_schema: z.record(z.string(), z.json()).optional() });

const messagesRequest = z.looseObject({
  model: z.string().min(1),
  max_tokens: z.int().min(1),
  messages: z.array(z.looseObject({ role: z.enum(['user', 'assistant']), content })).min(1),
  system: content.optional(),
  stream: z.boolean().optional(),
  temperature: z.number().min(0).max(1).optional(),
  stop_sequences: z.array(z.string()).optional(),
  tools: z.array(tool).optional(),
  tool_choice: z.looseObject({ type: z.string(), name: z.string().optional() }).optional(),
});

/** The body of `POST /v1/messages`, as far as the sandbox looks at it. */
export type MessagesRequest = z.infer<typeof messagesRequest>;
export type RequestedTool = z.infer<typeof tool>;

/** The request, or why it is none, worded as `field: reason`. */
export function parseMessagesRequest(body: string): { request: MessagesRequest } | { problem: string } {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return { problem: 'the request body is not valid JSON' };
  }
  const parsed = messagesRequest.safeParse(json);
  if (!parsed.success) return { problem: problemOf(parsed.error) };
  const { tool_choice: choice } = parsed.data;
  if (choice?.type === 'tool' && forcedTool(parsed.data) === undefined) {
    return { problem: `tool_choice: there is no tool ${choice.name ?? ''}` };
  }
  return { request: parsed.data };
}

function problemOf({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; ');
}

/** The one tool that the model must call; undefined where it is free. */
export function forcedTool({ tools = [], tool_choice: choice }: MessagesRequest): RequestedTool | undefined {
  if (choice?.type === 'any' && tools.length === 1) return tools[0];
  if (choice?.type !== 'tool') return undefined;
  return tools.find(({ name }) => name === choice.name);
}

/** What a person or system wrote, without what stands beside text (images, results of tools). */
export function textOf(content: MessagesRequest['system']): string {
  if (content === undefined) return '';
  if (typeof content === 'string') return content;
  return content.map(({ text = '' }) => text).join('\n');
}

/** The texts of the user's turns, in order. */
export function userTexts({ messages }: MessagesRequest): string[] {
  return messages.filter(({ role }) => role === 'user').map(({ content }) => textOf(content));
}

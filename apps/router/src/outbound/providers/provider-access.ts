/** How a provider is reached. */
export interface ProviderAccess {
  /** Empty: the server wants none. */
  apiKey: string;
  /** As its SDK takes it: Anthropic's without `/v1`, OpenAI's with it. */
  baseUrl: string;
  /** Where the key is configured, for whoever has to mend it. */
  keyName: string;
}

const LIVE_PRICE_URL = 'https://api.coingecko.com/api/v3/simple/price?ids=bitcoin&vs_currencies=usd';

/** The two ends of the demo's plan outside of AOS. */
export interface Places {
  priceUrl: string;
  slackUrl: string;
}

class BadUsage extends Error {
  override name = 'BadUsage';
  readonly exitCode = 2;
}

/** The real ones; Slack's address is a secret, hence from the environment. */
export function livePlaces(env: NodeJS.ProcessEnv): Places {
  const slackUrl = env['SLACK_WEBHOOK_URL'];
  if (slackUrl === undefined || !URL.canParse(slackUrl)) {
    throw new BadUsage(
      '--live posts to Slack: set SLACK_WEBHOOK_URL to an incoming webhook (https://hooks.slack.com/services/…)',
    );
  }
  return { priceUrl: LIVE_PRICE_URL, slackUrl };
}

/** Fetch the price, take the number out, post it. Slack's incoming webhooks want `{"text": …}`. */
export function planFor({ priceUrl, slackUrl }: Places) {
  return [
    { step_id: 'fetch', skill: 'http_call', params: { url: priceUrl } },
    { step_id: 'price', skill: 'json_transform', params: { query: '.bitcoin.usd' } },
    {
      step_id: 'notify',
      skill: 'webhook_send',
      params: { url: slackUrl, payload: { text: 'BTC is at ${{ steps.price.output.result }} USD' } },
    },
  ];
}

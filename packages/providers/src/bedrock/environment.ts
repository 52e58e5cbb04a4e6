import type { Environment, EnvironmentAccount } from '@faregate/wire'

/** `eu-central-1`, `us-gov-west-1`. */
const REGION = /^[a-z]{2}(?:-[a-z]+)+-\d+$/

/**
 * The variables that AWS's own SDKs read ("Use an Amazon Bedrock API key", "AWS SDKs and Tools: environment variables"). A
 * Bedrock API key goes before an account's keys, as it does there. Without a region nothing is connected: an account's keys
 * are often set for something else.
 */
export const BEDROCK_ACCOUNTS: readonly EnvironmentAccount[] = [
  {
    variables: ['AWS_BEARER_TOKEN_BEDROCK', 'AWS_REGION'],
    account: (environment) => inRegion(environment, environment['AWS_BEARER_TOKEN_BEDROCK'] ?? ''),
  },
  {
    variables: ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION'],
    optional: ['AWS_SESSION_TOKEN'],
    account: (environment) =>
      inRegion(
        environment,
        [environment['AWS_ACCESS_KEY_ID'], environment['AWS_SECRET_ACCESS_KEY'], environment['AWS_SESSION_TOKEN']]
          .filter((part) => part !== undefined && part !== '')
          .join(':'),
      ),
  },
]

function inRegion(environment: Environment, secret: string): { baseUrl: string; secret: string } | undefined {
  const region = environment['AWS_REGION'] ?? ''
  if (!REGION.test(region)) return undefined
  const suffix = region.startsWith('cn-') ? '.cn' : ''
  return { baseUrl: `https://bedrock-runtime.${region}.amazonaws.com${suffix}`, secret }
}

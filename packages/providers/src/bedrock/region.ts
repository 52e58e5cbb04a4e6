/** Of AWS's own addresses, those of FIPS, of other partitions and of VPC endpoints included. */
const HOST = /(?:^|\.)bedrock-runtime(?:-fips)?\.([a-z]{2}(?:-[a-z]+)+-\d+)\./

/**
 * The region that a request is signed for, from the base URL: `https://bedrock-runtime.eu-central-1.amazonaws.com`, or
 * `?region=eu-central-1` where a host of another name stands before it. Throws where neither tells.
 */
export function regionOf(baseUrl: URL): string {
  const region = baseUrl.searchParams.get('region') ?? HOST.exec(baseUrl.hostname)?.[1]
  if (region === undefined || region === '') {
    throw new Error('The base URL does not tell the AWS region: take https://bedrock-runtime.REGION.amazonaws.com, or add ?region=REGION.')
  }
  return region
}

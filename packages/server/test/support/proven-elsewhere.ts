/** Settings that tests of other files prove, by the file and the words of the title. */
export const ELSEWHERE: Record<string, [file: string, title: string]> = {
  publicUrl: ['http.test.ts', 'links come from publicUrl'],
  trustedProxies: ['http.test.ts', 'X-Forwarded-For counts in the log only from trustedProxies'],
  'limits.bodyBytes': ['http.test.ts', 'a body beyond limits.bodyBytes'],
  'limits.headerBytes': ['http.test.ts', 'a head beyond limits.headerBytes'],
  'cors.origins': ['http.test.ts', 'cors.origins decides'],
  'log.level': ['http.test.ts', 'served requests are logged at debug alone'],
  'tls.cert': ['start.test.ts', 'tls: the listener itself'],
  'tls.key': ['start.test.ts', 'tls: the listener itself'],
  'billing.currency': ['start.test.ts', 'another currency'],
  'payments.stripe.secretKey': ['../../../tests/payments/stripe.test.ts', 'payments.stripe connects'],
  'payments.stripe.webhookSecret': ['../../../tests/payments/stripe.test.ts', 'what is forged'],
  'payments.stripe.apiUrl': ['../../../tests/payments/stripe.test.ts', 'an answer that is lost'],
  'limits.cacheBytes': ['../../../tests/apis/cache.test.ts', 'limits.cacheBytes bounds'],
  'apis.*.document': ['../../../tests/apis/file-document.test.ts', 'its calls are compared with it'],
  'models.*.price.image': ['units.test.ts', 'the price of an image'],
  'models.*.price.second': ['units.test.ts', 'the price of a second'],
  'models.*.price.character': ['units.test.ts', 'the price of a character'],
  'models.*.price.search': ['units.test.ts', 'the price of a search'],
}

/** Settings that only a process as a whole can prove, by the file of `tests/knobs`. */
export const FROM_OUTSIDE: Record<string, string[]> = {
  'server.ts': [
    'clientCertificates',
    'issuerNetworks',
    'limits.bodiesBytes',
    'limits.requestMs',
    'prices.approveAbove',
    'publishing.networks',
  ],
  'mail.ts': ['mail.smtpUrl', 'mail.from'],
  'apis.ts': [
    'apis.*.prefix',
    'apis.*.upstream.baseUrl',
    'apis.*.upstream.header.name',
    'apis.*.upstream.header.value',
    'apis.*.routes[].method',
    'apis.*.routes[].path',
    'apis.*.routes[].price',
    'apis.*.routes[].free',
    'apis.*.routes[].chargeOn',
    'apis.*.timeouts.firstByteMs',
    'apis.*.timeouts.silenceMs',
    'apis.*.encodedSlashes',
    'apis.*.listing.visibility',
    'apis.*.listing.owner',
    'apis.*.listing.invited',
  ],
  'prompts.ts': [
    'apis.*.prompt.model',
    'apis.*.prompt.system',
    'apis.*.prompt.user',
    'apis.*.prompt.variables.*.type',
    'apis.*.prompt.variables.*.description',
    'apis.*.prompt.variables.*.enum',
    'apis.*.prompt.variables.*.default',
    'apis.*.prompt.output.*',
    'apis.*.prompt.maxTokens',
    'apis.*.prompt.temperature',
  ],
}

/** The same, in `tests/knobs/invoices.ts`, where a month ends. */
export const AT_MONTH_END = ['billing.seller.name', 'billing.seller.address', 'billing.seller.taxNumber', 'billing.dueDays']

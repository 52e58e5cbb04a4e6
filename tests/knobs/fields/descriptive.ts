/** Fields that people read and on which nothing else depends: their rows see them where people do. */
export const DESCRIPTIVE: ReadonlySet<string> = new Set([
  'createKey.name',
  'updateKey.name',
  'createOrganization.name',
  'updateOrganization.name',
  'suspendOrganization.reason',
  ...['createOrganization', 'updateOrganization'].flatMap((call) => [
    `${call}.billTo.name`,
    `${call}.billTo.address`,
    `${call}.billTo.taxNumber`,
  ]),
  'createPlan.name',
  'createSubscription.reason',
  'updateSubscription.reason',
  'decideSubscription.reason',
  'createTopUpRefund.reason',
])

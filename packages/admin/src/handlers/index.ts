import type { RouteName } from '@faregate/contract'
import type { Handlers } from '../call.ts'
import { apisNameAlerts } from './apis.name.alerts.ts'
import { apisNameCanary } from './apis.name.canary.ts'
import { apisNameDraft } from './apis.name.draft.ts'
import { apisNameImport } from './apis.name.import.ts'
import { apisNameListing } from './apis.name.listing.ts'
import { apisNameReleases } from './apis.name.releases.ts'
import { apisNameRequests } from './apis.name.requests.ts'
import { apisNameRetirement } from './apis.name.retirement.ts'
import { apisNameStaging } from './apis.name.staging.ts'
import { apisNameUsage } from './apis.name.usage.ts'
import { apis } from './apis.ts'
import { applicationsIdKeys } from './applications.id.keys.ts'
import { audit } from './audit.ts'
import { backup } from './backup.ts'
import { denials } from './denials.ts'
import { diagnoseId } from './diagnose.id.ts'
import { grantsId } from './grants.id.ts'
import { instance } from './instance.ts'
import { invoicesNumberCreditNotes } from './invoices.number.credit-notes.ts'
import { invoicesNumber } from './invoices.number.ts'
import { keysIdRotate } from './keys.id.rotate.ts'
import { keysId } from './keys.id.ts'
import { keys } from './keys.ts'
import { ledger } from './ledger.ts'
import { limitRequests } from './limit-requests.ts'
import { membersIdTokens } from './members.id.tokens.ts'
import { members } from './members.ts'
import { models } from './models.ts'
import { applications } from './organizations.id.applications.ts'
import { organizationsIdGrants } from './organizations.id.grants.ts'
import { organizationsIdNamedCaps } from './organizations.id.named-caps.ts'
import { organizationsIdInvoices } from './organizations.id.invoices.ts'
import { organizationsIdAutoTopUp } from './organizations.id.auto-top-up.ts'
import { organizationsIdPaymentMethods } from './organizations.id.payment-methods.ts'
import { organizationsIdSubscriptionsCheckout } from './organizations.id.subscriptions.checkout.ts'
import { organizationsIdSubscriptions } from './organizations.id.subscriptions.ts'
import { organizationsIdSuspend } from './organizations.id.suspend.ts'
import { organizationsId } from './organizations.id.ts'
import { organizationsIdTopUps } from './organizations.id.top-ups.ts'
import { organizationsIdVouchersRedeem } from './organizations.id.vouchers.redeem.ts'
import { organizations } from './organizations.ts'
import { plans } from './plans.ts'
import { pricesPending } from './prices.pending.ts'
import { prices } from './prices.ts'
import { providersName } from './providers.name.ts'
import { providers } from './providers.ts'
import { requestsIdRefund } from './requests.id.refund.ts'
import { requests } from './requests.ts'
import { roles } from './roles.ts'
import { settings } from './settings.ts'
import { subscriptionsId } from './subscriptions.id.ts'
import { teams } from './teams.ts'
import { tokens } from './tokens.ts'
import { topUpsIdRefunds } from './top-ups.id.refunds.ts'
import { usageProviders } from './usage.providers.ts'
import { vouchers } from './vouchers.ts'
import { webhooksId } from './webhooks.id.ts'
import { webhooks } from './webhooks.ts'

/** The handler of each route of the contract; one that is missing does not compile. */
export const HANDLERS: Handlers<RouteName> = {
  ...organizations,
  ...organizationsId,
  ...organizationsIdSuspend,
  ...organizationsIdNamedCaps,
  ...teams,
  ...members,
  ...membersIdTokens,
  ...roles,
  ...applications,
  ...applicationsIdKeys,
  ...keys,
  ...keysId,
  ...keysIdRotate,
  ...organizationsIdGrants,
  ...grantsId,
  ...organizationsIdInvoices,
  ...invoicesNumber,
  ...invoicesNumberCreditNotes,
  ...requests,
  ...requestsIdRefund,
  ...usageProviders,
  ...denials,
  ...diagnoseId,
  ...ledger,
  ...providers,
  ...providersName,
  ...models,
  ...apis,
  ...apisNameDraft,
  ...apisNameImport,
  ...apisNameReleases,
  ...apisNameCanary,
  ...apisNameStaging,
  ...apisNameRequests,
  ...apisNameRetirement,
  ...apisNameListing,
  ...apisNameUsage,
  ...apisNameAlerts,
  ...prices,
  ...pricesPending,
  ...plans,
  ...organizationsIdSubscriptions,
  ...organizationsIdSubscriptionsCheckout,
  ...subscriptionsId,
  ...limitRequests,
  ...settings,
  ...instance,
  ...backup,
  ...audit,
  ...tokens,
  ...vouchers,
  ...organizationsIdVouchersRedeem,
  ...organizationsIdTopUps,
  ...organizationsIdPaymentMethods,
  ...organizationsIdAutoTopUp,
  ...topUpsIdRefunds,
  ...webhooks,
  ...webhooksId,
}

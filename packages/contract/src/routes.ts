import { apiAlertRoutes } from './api-alerts.ts'
import { apiDesignRoutes } from './api-design.ts'
import { apiListingRoutes } from './api-listing.ts'
import { apiCanaryRoutes } from './api-canary.ts'
import { apiRequestRoutes } from './api-requests.ts'
import { apiStagingRoutes } from './api-staging.ts'
import { apiReleaseRoutes } from './api-releases.ts'
import { apiRetirementRoutes } from './api-retirement.ts'
import { apiUsageRoutes } from './api-usage.ts'
import { apiRoutes } from './apis.ts'
import { applicationRoutes } from './applications.ts'
import { auditRoutes } from './audit.ts'
import { backupRoutes } from './backup.ts'
import { denialRoutes } from './denials.ts'
import { diagnoseRoutes } from './diagnose.ts'
import { grantRoutes } from './grants.ts'
import { instanceRoutes } from './instance.ts'
import { invoiceRoutes } from './invoices.ts'
import { keyRoutes } from './keys.ts'
import { ledgerRoutes } from './ledger.ts'
import { limitRequestRoutes } from './limit-requests.ts'
import { memberRoutes } from './members.ts'
import { modelRoutes } from './models.ts'
import { namedCapRoutes } from './named-caps.ts'
import { organizationRoutes } from './organizations.ts'
import { paymentRoutes } from './payments.ts'
import { pendingPriceRoutes } from './pending-prices.ts'
import { planRoutes } from './plans.ts'
import { priceRoutes } from './prices.ts'
import { providerUsageRoutes } from './provider-usage.ts'
import { providerRoutes } from './providers.ts'
import { refundRoutes } from './refunds.ts'
import { requestRoutes } from './requests.ts'
import { roleRoutes } from './roles.ts'
import { settingRoutes } from './settings.ts'
import { subscriptionRoutes } from './subscriptions.ts'
import { teamRoutes } from './teams.ts'
import { tokenRoutes } from './tokens.ts'
import { topUpRoutes } from './top-ups.ts'
import { voucherRoutes } from './vouchers.ts'
import { webhookRoutes } from './webhooks.ts'

/** The management API, call by call. The description of it all, `GET /api/openapi.json`, is made from this. */
export const ROUTES = {
  ...organizationRoutes,
  ...namedCapRoutes,
  ...teamRoutes,
  ...memberRoutes,
  ...roleRoutes,
  ...applicationRoutes,
  ...keyRoutes,
  ...grantRoutes,
  ...refundRoutes,
  ...voucherRoutes,
  ...topUpRoutes,
  ...paymentRoutes,
  ...invoiceRoutes,
  ...requestRoutes,
  ...providerUsageRoutes,
  ...denialRoutes,
  ...diagnoseRoutes,
  ...ledgerRoutes,
  ...providerRoutes,
  ...modelRoutes,
  ...apiRoutes,
  ...apiDesignRoutes,
  ...apiReleaseRoutes,
  ...apiCanaryRoutes,
  ...apiStagingRoutes,
  ...apiRequestRoutes,
  ...apiRetirementRoutes,
  ...apiListingRoutes,
  ...apiUsageRoutes,
  ...apiAlertRoutes,
  ...priceRoutes,
  ...pendingPriceRoutes,
  ...planRoutes,
  ...subscriptionRoutes,
  ...limitRequestRoutes,
  ...settingRoutes,
  ...instanceRoutes,
  ...backupRoutes,
  ...auditRoutes,
  ...tokenRoutes,
  ...webhookRoutes,
}

export type Routes = typeof ROUTES
export type RouteName = keyof Routes
export const ROUTE_NAMES = Object.keys(ROUTES) as RouteName[]

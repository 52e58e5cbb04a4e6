import { z } from 'zod'

/** Services of others that the gateway uses: for payments, and for mail. */

export const payments = z.strictObject({
  stripe: z
    .strictObject({
      secretKey: z.string().min(1).describe("Stripe's secret key. Keep it out of the file: `${STRIPE_SECRET_KEY}` reads the environment."),
      webhookSecret: z
        .string()
        .min(1)
        .describe('The signing secret of the webhook endpoint `/api/payments/stripe/webhook`, as Stripe shows it: `whsec_…`.'),
      apiUrl: z
        .url({ protocol: /^https?$/, abort: true })
        .default('https://api.stripe.com')
        .describe("Where Stripe's API is; another address is for tests."),
    })
    .optional()
    .describe('Top-ups through Stripe Checkout.'),
})

const ADDRESS = /^(?:[^<>\r\n]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/

export const mail = z.strictObject({
  smtpUrl: z
    .url({ protocol: /^smtps?$/, abort: true })
    .describe(
      'The mail server, with name and password where it wants them. Keep these out of the file: `smtps://${SMTP_USER}:${SMTP_PASSWORD}@smtp.example.com`.',
    ),
  from: z
    .string()
    .regex(ADDRESS, 'not an address of mail, or a name with one in angle brackets')
    .describe('Whom mails are from: `Faregate <gateway@example.com>`.'),
})

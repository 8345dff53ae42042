//! Options of payment processors: a key to ask with, and the secrets of events.
//!
//! Invariant: keys and secrets are in no message.

use super::{Options, Secret};
use domain::dues::Processor;
use services::dues::Account;
use url::Url;

/// The options of one processor.
struct Given<'a> {
    processor: Processor,
    /// Its flags: key, secret, portal.
    flags: [&'static str; 3],
    key: Option<&'a Secret<String>>,
    secrets: Option<&'a Vec<Secret<String>>>,
    plan: Option<&'a String>,
    portal: Option<&'a String>,
}

/// Records the fault of an option.
type Fault<'a> = dyn FnMut(&'static str, String) + 'a;

/// The accounts in `options`.
pub(super) fn accounts(fault: &mut Fault<'_>, options: &Options) -> Vec<Account> {
    let stripe = Given {
        processor: Processor::Stripe,
        flags: ["--stripe-key", "--stripe-webhook-secret", "--stripe-portal"],
        key: options.stripe_key.as_ref(),
        secrets: options.stripe_webhook_secret.as_ref(),
        plan: options.stripe_price.as_ref(),
        portal: options.stripe_portal.as_ref(),
    };
    let gocardless = Given {
        processor: Processor::GoCardless,
        flags: ["--gocardless-token", "--gocardless-webhook-secret", "--gocardless-portal"],
        key: options.gocardless_token.as_ref(),
        secrets: options.gocardless_webhook_secret.as_ref(),
        plan: None,
        portal: options.gocardless_portal.as_ref(),
    };
    [stripe, gocardless].into_iter().filter_map(|given| account(fault, &given)).collect()
}

fn account(fault: &mut Fault<'_>, given: &Given<'_>) -> Option<Account> {
    let [key_flag, secret_flag, portal_flag] = given.flags;
    let key = given.key.map(|key| key.expose().trim()).filter(|key| !key.is_empty());
    let secrets = given.secrets.into_iter().flatten().map(|secret| secret.expose().trim().to_owned());
    let secrets: Vec<_> = secrets.filter(|secret| !secret.is_empty()).collect();
    let portal = portal(fault, portal_flag, given.portal);
    let Some(key) = key else {
        if !secrets.is_empty() || given.plan.is_some() || given.portal.is_some() {
            fault(key_flag, format!("is missing, but other options of {} are there", given.processor.name()));
        }
        return None;
    };
    let Some(base) = base(given.processor, key) else {
        fault(
            key_flag,
            format!("is no key of {}; copy it from the developers’ page there", given.processor.name()),
        );
        return None;
    };
    if secrets.is_empty() {
        fault(secret_flag, format!("is missing; the page of webhooks at {} shows it", given.processor.name()));
    }
    let (processor, key) = (given.processor, key.to_owned());
    Some(Account { processor, base: base.to_owned(), key, secrets, plan: given.plan.cloned(), portal })
}

/// The API that a key is for.
fn base(processor: Processor, key: &str) -> Option<&'static str> {
    match processor {
        Processor::Stripe if key.starts_with("sk_") || key.starts_with("rk_") => Some("https://api.stripe.com"),
        Processor::GoCardless if key.starts_with("live_") => Some("https://api.gocardless.com"),
        Processor::GoCardless if key.starts_with("sandbox_") => Some("https://api-sandbox.gocardless.com"),
        Processor::Stripe | Processor::GoCardless => None,
    }
}

fn portal(fault: &mut Fault<'_>, flag: &'static str, text: Option<&String>) -> Option<String> {
    let text = text?;
    let url = Url::parse(text.trim()).ok().filter(|url| url.scheme() == "https" && url.has_host());
    if url.is_none() {
        fault(flag, format!("{text:?} does not fit; write it like https://billing.stripe.com/p/login/abc"));
    }
    url.map(String::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Faults};

    fn load(file: &str) -> Result<Config, Vec<String>> {
        let options: Options = toml::from_str(file).unwrap();
        let loaded = Config::load(Options { data: Some("/nowhere".into()), ..options });
        loaded.map_err(|Faults(faults)| {
            faults.into_iter().map(|fault| format!("{}: {}", fault.option, fault.message)).collect()
        })
    }

    #[test]
    fn key_and_secret_are_given_together() {
        let faults = load("stripe-key = \"sk_test_1\"").unwrap_err();
        assert!(faults.len() == 1 && faults[0].starts_with("--stripe-webhook-secret:"), "{faults:?}");
        let faults = load("gocardless-webhook-secret = [\"s\"]").unwrap_err();
        assert!(faults.len() == 1 && faults[0].starts_with("--gocardless-token:"), "{faults:?}");
    }

    #[test]
    fn wrong_key_is_not_repeated_in_message() {
        let faults = load("stripe-key = \"hunter2\"\nstripe-webhook-secret = [\"whsec_1\"]").unwrap_err();
        assert!(faults[0].starts_with("--stripe-key:") && !faults[0].contains("hunter2"), "{faults:?}");
        let config =
            load("stripe-key = \"sk_hunter2\"\nstripe-webhook-secret = [\"whsec_1\", \"whsec_2\"]").unwrap();
        assert_eq!(config.payments[0].secrets.len(), 2);
        assert!(!format!("{config:?}").contains("hunter2") && !format!("{config:?}").contains("whsec"));
    }

    #[test]
    fn key_chooses_the_api() {
        let base = |token: &str| {
            let file = format!("gocardless-token = {token:?}\ngocardless-webhook-secret = [\"s\"]");
            load(&file).map(|config| config.payments[0].base.clone())
        };
        assert_eq!(base("sandbox_1").unwrap(), "https://api-sandbox.gocardless.com");
        assert_eq!(base("live_1").unwrap(), "https://api.gocardless.com");
        assert!(base("other").is_err());
    }
}

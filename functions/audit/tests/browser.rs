//! The page of a report in a real browser. Not run by a plain `cargo test`: `cargo xtask test --browser` does, and
//! needs Chromium and its driver, from `PATH` or from the environment variables `CHROMIUM` and `CHROMEDRIVER`.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "browser/driver.rs"]
mod driver;
#[path = "browser/sample.rs"]
mod sample;

use audit::report::html::page;
use serde_json::{Value, json};

use driver::Browser;

/// A page with the sample report, opened.
async fn opened(count: usize) -> Browser {
    Browser::open(&page(&sample::report(count))).await
}

const ROWS: &str = "return document.querySelectorAll('tbody:not([hidden])').length";
const IDS: &str = "return [...document.querySelectorAll('tbody:not([hidden])')].map((row) => row.dataset.at)";

#[tokio::test]
async fn every_finding_has_a_row_and_no_name_is_run() {
    let browser = opened(200).await;
    assert_eq!(browser.run(ROWS).await, json!(200 + sample::HOSTILE.len()));
    for name in sample::HOSTILE {
        let find = "const [name] = arguments; return [...document.querySelectorAll('td.resource')]
            .filter((cell) => cell.title.endsWith('role/' + name)).length";
        assert_eq!(browser.run_with(find, json!([name])).await, 1, "{name}");
    }
    // Unfolded they are text too, and hovering runs nothing.
    browser
        .run(
            "for (const row of document.querySelectorAll('tbody')) {
                if (row.querySelector('td.resource').title.includes('window.ran')) row.querySelector('button').click();
            }
            for (const one of document.querySelectorAll('main *')) one.dispatchEvent(new MouseEvent('mouseover'));",
        )
        .await;
    assert_eq!(browser.run("return document.querySelectorAll('tr.detail').length").await, sample::HOSTILE.len());
    assert_eq!(browser.run("return window.ran === undefined").await, true);
    let strange =
        "return document.querySelectorAll('body img, td script, td b, td svg, [onclick], [onload], [onerror]').length";
    assert_eq!(browser.run(strange).await, 0);
    browser.end().await;
}

#[tokio::test]
async fn each_column_sorts_up_and_down_and_back() {
    let browser = opened(200).await;
    let before = browser.run(IDS).await;
    let values = "const rows = [...document.querySelectorAll('tbody')];
        const rank = ['Critical', 'High', 'Medium', 'Low', 'Info'].map((word) => word.toLowerCase());
        return rows.map((row) => {
            const cell = row.querySelector('td.' + arguments[0]);
            if (arguments[0] === 'severity') return rank.indexOf(cell.textContent);
            if (arguments[0] === 'first') return Date.parse(cell.firstChild.dateTime);
            if (arguments[0] === 'what') return cell.lastElementChild.textContent;
            return cell.textContent;
        });";
    let click = "document.querySelector(`th[data-key=${arguments[0]}] button`).click();
        return document.querySelector(`th[data-key=${arguments[0]}]`).ariaSort";
    for column in ["severity", "check", "resource", "what", "first", "who"] {
        for direction in ["ascending", "descending"] {
            assert_eq!(browser.run_with(click, json!([column])).await, direction, "{column}");
            let values = browser.run_with(values, json!([column])).await;
            let sorted = "const [values, sign] = arguments;
                const collator = new Intl.Collator('en', { numeric: true });
                const compare = (a, b) => typeof a === 'number' ? a - b : collator.compare(a, b);
                return values.every((value, at) => at === 0 || sign * compare(values[at - 1], value) <= 0)
                    && new Set(values).size > 1;";
            let sign = if direction == "ascending" { 1 } else { -1 };
            assert_eq!(browser.run_with(sorted, json!([values, sign])).await, true, "{column} {direction}: {values}");
        }
        assert_eq!(browser.run_with(click, json!([column])).await, "none", "{column}");
        assert_eq!(browser.run(IDS).await, before, "{column}");
    }
    browser.end().await;
}

#[tokio::test]
async fn what_is_filtered_is_in_the_address_and_comes_back_on_reload() {
    let browser = opened(200).await;
    let all = browser.run(ROWS).await.as_u64().unwrap();
    let most = "const number = (chip) => Number(chip.querySelector('.number').textContent);
        const chips = [...document.querySelectorAll('.chip[data-kind=severity]')];
        const chip = chips.sort((one, other) => number(other) - number(one))[0];
        chip.click();
        return chip.dataset.value";
    let severity = browser.run(most).await;
    let severity = severity.as_str().unwrap();
    let of_it = browser.run(ROWS).await.as_u64().unwrap();
    let fit = "return [...document.querySelectorAll('tbody:not([hidden])')]
        .every((row) => row.dataset.severity === arguments[0])";
    assert!(of_it > 0 && of_it < all, "{of_it} of {all}");
    assert_eq!(browser.run_with(fit, json!([severity])).await, true);
    browser.run("document.querySelector('.chip[data-value=open]').click()").await;
    browser.write("#q", "Fleet role").await;
    browser.run("document.querySelector('th[data-key=resource] button').click()").await;
    let shown = browser.run(IDS).await;
    let count = shown.as_array().unwrap().len() as u64;
    assert!(count > 0 && count < of_it, "{count} of {of_it}");
    let address = browser.run("return location.hash").await;
    let address = address.as_str().unwrap();
    for part in [&format!("severity={severity}"), "state=open", "q=Fleet+role", "sort=resource"] {
        assert!(address.contains(part), "{address}");
    }
    browser.reload().await;
    assert_eq!(browser.run("return location.hash").await, address);
    assert_eq!(browser.run(IDS).await, shown);
    assert_eq!(browser.run("return document.querySelector('#q').value").await, "Fleet role");
    let pressed = "return [...document.querySelectorAll('.chip[aria-pressed=true]')].map((chip) => chip.dataset.value)";
    assert_eq!(browser.run(pressed).await, json!([severity, "open"]));
    let said = browser.run("return document.querySelector('output').textContent").await;
    assert_eq!(said, format!("{count} of {all} shown"));
    browser.write("#q", "nothing fits this").await;
    assert_eq!(browser.run("return document.querySelector('.none').hidden").await, false);
    browser.run("document.querySelector('.none a').click()").await;
    browser.until("return location.hash === '' && document.querySelectorAll('tbody[hidden]').length === 0").await;
    browser.end().await;
}

#[tokio::test]
async fn a_row_unfolds_by_keyboard_with_proof_remedy_and_actor() {
    let browser = opened(200).await;
    let at = "const data = JSON.parse(document.getElementById('data').textContent);
        const at = data.findings.findIndex((one) => one.actor && one.proofs?.[0].request && data.checks[one.check]
            && one.actor.who.startsWith('arn:'));
        const row = document.querySelector(`tbody[data-at='${at}']`);
        row.id = 'row';
        row.querySelector('button').focus();
        return data.findings[at]";
    let finding = browser.run(at).await;
    browser.press_enter("#row td.fold button").await;
    assert_eq!(browser.run("return document.querySelector('#row button').ariaExpanded").await, "true");
    let text = browser.run("return document.querySelector('#row tr.detail').textContent").await;
    let text = text.as_str().unwrap();
    let check = audit::checks::by_id(finding["check"].as_str().unwrap()).unwrap();
    for part in [
        finding["id"].as_str().unwrap(),
        finding["resource"].as_str().unwrap(),
        finding["actor"]["who"].as_str().unwrap(),
        finding["actor"]["address"].as_str().unwrap(),
        finding["actor"]["eventId"].as_str().unwrap(),
        finding["proofs"][0]["request"]["action"].as_str().unwrap(),
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    assert!(text.contains(&check.why.replace('`', "")) && text.contains(&check.remedy.replace('`', "")), "{text}");
    assert!(!text.contains("undefined") && !text.contains("false") && !text.contains("null"), "{text}");
    let links = "return [...document.querySelectorAll('#row tr.detail a')].map((link) => link.href)";
    assert_eq!(browser.run(links).await, json!([check.reference]));
    assert!(browser.run("return location.hash").await.as_str().unwrap().contains(finding["id"].as_str().unwrap()));
    browser.reload().await;
    assert_eq!(browser.run("return document.querySelectorAll('tr.detail').length").await, 1);
    browser.press_enter("tbody:has(tr.detail) td.fold button").await;
    assert_eq!(browser.run("return document.querySelectorAll('tr.detail').length").await, 0);
    browser.end().await;
}

#[tokio::test]
async fn it_is_legible_on_a_telephone() {
    let browser = opened(200).await;
    for width in [360, 390, 768] {
        browser.resize(width).await;
        browser.run("for (const row of [...document.querySelectorAll('td.fold button[aria-expanded=false]')].slice(0, 8)) row.click()").await;
        let wide = browser.run("return [document.documentElement.scrollWidth, innerWidth]").await;
        assert!(wide[0].as_u64() <= wide[1].as_u64() && wide[1] == width, "{width}: {wide}");
        let cut = "return [...document.querySelectorAll('tbody, tr.detail, pre, section, .chip')]
            .filter((one) => one.getBoundingClientRect().right > innerWidth).map((one) => one.outerHTML.slice(0, 200))";
        assert_eq!(browser.run(cut).await, json!([]), "{width}");
    }
    browser.end().await;
}

#[tokio::test]
async fn on_paper_proofs_are_unfolded_and_controls_are_gone() {
    let browser = opened(60).await;
    browser.run("document.querySelector('.chip[data-value=resolved]').click()").await;
    let shown = browser.run(ROWS).await;
    browser.command("Emulation.setEmulatedMedia", json!({ "media": "print" })).await;
    browser.run("dispatchEvent(new Event('beforeprint'))").await;
    assert_eq!(browser.run("return document.querySelectorAll('tr.detail').length").await, shown);
    let styles = "const style = (what) => getComputedStyle(document.querySelector(what));
        return [style('.controls').display, style('body').backgroundColor, style('td.fold').display]";
    assert_eq!(browser.run(styles).await, json!(["none", "rgb(255, 255, 255)", "none"]));
    browser.run("dispatchEvent(new Event('afterprint'))").await;
    assert_eq!(browser.run("return document.querySelectorAll('tr.detail').length").await, 0);
    let pdf = browser.command("Page.printToPDF", json!({ "printBackground": true })).await;
    assert!(pdf["data"].as_str().unwrap().len() > 10_000);
    browser.end().await;
}

#[tokio::test]
async fn five_thousand_findings_stay_usable() {
    let browser = opened(5_000).await;
    let timed = "const search = document.querySelector('#q');
        const times = ['yard', 'yard-1', 'DeleteStream', ''].map((text) => {
            const before = performance.now();
            location.hash = text ? 'q=' + text : '';
            dispatchEvent(new Event('hashchange'));
            document.body.getBoundingClientRect();
            return performance.now() - before;
        });
        return Math.max(...times)";
    let slowest = browser.run(timed).await.as_f64().unwrap();
    // An eighth of this is what it takes where nothing else is running.
    assert!(slowest < 1_000.0, "a filter took {slowest} ms");
    browser.end().await;
}

#[tokio::test]
async fn the_test_would_see_a_script_that_runs() {
    let page = page(&sample::report(1));
    let open = page.replace("http-equiv=\"Content-Security-Policy\"", "name=\"nothing\"");
    let open = open.replace("</main>", "<img src=x onerror=\"window.ran=1\"></main>");
    let browser = Browser::open(&open).await;
    browser.until("return window.ran === 1").await;
    browser.stop().await;
    let shut = page.replace("</main>", "<img src=x onerror=\"window.ran=1\"><script>window.ran=2</script></main>");
    let browser = Browser::open(&shut).await;
    assert_eq!(browser.run("return window.ran === undefined").await, Value::Bool(true));
    assert!(!browser.complaints().await.is_empty(), "the browser says what it did not run");
    browser.stop().await;
}

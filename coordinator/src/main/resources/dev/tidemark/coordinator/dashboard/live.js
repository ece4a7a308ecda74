// Keeps a page fresh: told that something happened, it fetches the same page again and puts in what differs. The server writes all HTML;
// without this script everything is there too, and a reload is what brings what is new.
(() => {
    'use strict';
    const REST_MILLISECONDS = 1500;
    const AGES_MILLISECONDS = 30000;
    const status = document.getElementById('live');
    const written = new Map();

    // The reader's own zone, which the foot of each page names; UTC stays in the title. Where he asks in UTC, he is answered in it.
    const zone = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
    const exactly = new Intl.DateTimeFormat(undefined, {
        year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit',
        fractionalSecondDigits: 3, timeZoneName: 'short',
    });
    const zoned = new Intl.DateTimeFormat(undefined, {
        year: 'numeric', month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit', timeZoneName: 'short',
    });
    const form = (time) => time.closest('footer') ? zoned : time.dataset.exact ? exactly : zone;
    const localize = (root) => {
        for (const time of root.querySelectorAll('time[datetime]:not([data-utc])')) {
            const moment = new Date(time.dateTime);
            if (!Number.isNaN(moment.getTime())) {
                time.textContent = form(time).format(moment);
            }
        }
    };

    for (const part of document.querySelectorAll('[data-live]')) {
        written.set(part.id, part.outerHTML);
    }
    localize(document);

    document.addEventListener('keydown', (event) => {
        const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
        const filter = document.getElementById('filter');
        if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey && filter) {
            event.preventDefault();
            filter.focus();
            filter.select();
        }
    });

    const say = (text) => {
        if (status && status.textContent !== text) {
            status.textContent = text;
        }
    };

    // Whoever stands on a link or has opened something finds it as it was.
    const replace = (old, fresh) => {
        const open = [...old.querySelectorAll('details')].map((details) => details.open);
        const active = old.contains(document.activeElement) ? document.activeElement : null;
        const links = 'a,button,input,summary,[tabindex]';
        const place = active ? [...old.querySelectorAll(links)].indexOf(active) : -1;
        const scrolled = [...old.querySelectorAll('.scroll')].map((part) => part.scrollLeft);
        old.replaceWith(fresh);
        [...fresh.querySelectorAll('details')].forEach((details, index) => { details.open = open[index] === true; });
        [...fresh.querySelectorAll('.scroll')].forEach((part, index) => { part.scrollLeft = scrolled[index] || 0; });
        if (place >= 0) {
            const again = [...fresh.querySelectorAll(links)][place];
            if (again) {
                again.focus({ preventScroll: true });
            }
        }
    };

    const take = (text) => {
        const page = new DOMParser().parseFromString(text, 'text/html');
        const known = [...document.querySelectorAll('[data-live]')].map((part) => part.id).join(' ');
        const fresh = [...page.querySelectorAll('[data-live]')];
        if (fresh.map((part) => part.id).join(' ') !== known) {
            // Another outline: something came up that was not there, or is gone.
            const main = page.querySelector('main');
            fresh.forEach((part) => written.set(part.id, part.outerHTML));
            localize(main);
            replace(document.querySelector('main'), document.adoptNode(main));
        } else {
            for (const part of fresh) {
                const html = part.outerHTML;
                if (written.get(part.id) !== html) {
                    written.set(part.id, html);
                    localize(part);
                    replace(document.getElementById(part.id), document.adoptNode(part));
                }
            }
        }
        const told = page.querySelector('footer time');
        const shown = document.querySelector('footer time');
        if (told && shown) {
            shown.replaceWith(document.adoptNode(told));
            localize(document.querySelector('footer'));
        }
    };

    let timer = 0;
    let busy = false;
    let missed = false;
    let last = performance.now();
    const refresh = async () => {
        timer = 0;
        if (busy || document.hidden) {
            missed = true;
            return;
        }
        busy = true;
        missed = false;
        try {
            const answer = await fetch(location.href, { headers: { Accept: 'text/html' }, credentials: 'same-origin' });
            if (answer.redirected) {
                location.reload();
                return;
            }
            if (answer.ok) {
                take(await answer.text());
                listen();
            } else {
                say('· not fresh: the coordinator answered ' + answer.status);
            }
        } catch (gone) {
            say('· not fresh: the coordinator does not answer');
        } finally {
            busy = false;
            last = performance.now();
            if (missed && !document.hidden) {
                soon();
            }
        }
    };
    const soon = () => {
        if (timer === 0) {
            timer = setTimeout(refresh, Math.max(50, REST_MILLISECONDS - (performance.now() - last)));
        }
    };

    const address = document.body.dataset.stream;
    if (!address) {
        return;
    }
    // A browser does not ask again who was answered with an error, as a coordinator that starts does: a page that came says that it is there.
    let stream = null;
    const listen = () => {
        if (stream && stream.readyState !== EventSource.CLOSED) {
            return;
        }
        const opened = new EventSource(address);
        stream = opened;
        opened.onopen = () => { say('· live'); soon(); };
        opened.onerror = () => { say('· not live: asking again'); };
        // Events come under their stored names, which the page lists; a browser hears of no others.
        for (const name of (document.body.dataset.events || '').split(' ').filter(Boolean)) {
            opened.addEventListener(name, soon);
        }
    };
    listen();
    setInterval(soon, AGES_MILLISECONDS);
    document.addEventListener('visibilitychange', () => { if (!document.hidden && missed) { soon(); } });
})();

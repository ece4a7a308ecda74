// What a person would complain about, found in the page as the browser has laid it out.
const visible = (element) => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true, contentVisibilityAuto: true });
const named = (element) => element.tagName.toLowerCase() + (element.id ? '#' + element.id : '') + ' "' + element.textContent.trim().slice(0, 40) + '"';

const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
const channels = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
    return { rgb: [red, green, blue], alpha: alpha / 255 };
};
const over = (upper, lower) => upper.rgb.map((value, index) => value * upper.alpha + lower[index] * (1 - upper.alpha));
const ground = (element) => {
    if (!element) {
        return [255, 255, 255];
    }
    const own = channels(getComputedStyle(element).backgroundColor);
    return own.alpha === 1 ? own.rgb : over(own, ground(element.parentElement));
};
// WCAG 2.2, relative luminance and contrast ratio.
const luminance = (rgb) => {
    const [red, green, blue] = rgb.map((value) => {
        const share = value / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const ratio = (one, other) => {
    const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
};

const tooPale = () => {
    const found = [];
    const check = (element, colour) => {
        const behind = ground(element);
        const contrast = ratio(over(channels(colour), behind), behind);
        if (contrast < 4.5) {
            found.push(named(element) + ' ' + contrast.toFixed(2));
        }
    };
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
        if (text.data.trim() && visible(text.parentElement)) {
            check(text.parentElement, getComputedStyle(text.parentElement).color);
        }
    }
    for (const input of document.querySelectorAll('input[placeholder]')) {
        check(input, getComputedStyle(input, '::placeholder').color);
    }
    for (const cell of document.querySelectorAll('td[data-of]')) {
        const label = getComputedStyle(cell, '::before');
        if (visible(cell) && label.content !== 'none') {
            check(cell, label.color);
        }
    }
    return found;
};

// Of the boxes around it that have a size of their own, the first that ends before the text does.
const leaves = (element, box) => {
    for (let around = element; around && around.tagName !== 'MAIN'; around = around.parentElement) {
        const style = getComputedStyle(around);
        if (style.overflowX !== 'visible') {
            return null;
        }
        if (!['inline', 'contents'].includes(style.display) && box.right > around.getBoundingClientRect().right + 1) {
            return around;
        }
    }
    return null;
};

// Text that is cut, sticks out of its box, or lies over other text. A window's own scroll bar is not of the page.
const cutOrCovered = () => {
    const found = [];
    const edge = document.documentElement.clientWidth;
    const boxes = [];
    const texts = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
        const parent = text.parentElement;
        if (!text.data.trim() || !visible(parent) || parent.closest('.visually-hidden, svg, option, thead')) {
            continue;
        }
        const range = document.createRange();
        range.selectNodeContents(text);
        for (const box of range.getClientRects()) {
            if (box.right > edge + 1 && !parent.closest('.scroll')) {
                found.push('cut: ' + named(parent));
            }
            if (leaves(parent, box)) {
                found.push('sticks out: ' + named(parent) + ' of ' + named(leaves(parent, box)));
            }
            boxes.push({ box, parent });
        }
    }
    for (let one = 0; one < boxes.length; one++) {
        for (let other = one + 1; other < boxes.length; other++) {
            const a = boxes[one].box;
            const b = boxes[other].box;
            const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
            const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
            if (wide > 2 && high > 0.5 * Math.min(a.height, b.height)) {
                found.push('over one another: ' + named(boxes[one].parent) + ' and ' + named(boxes[other].parent));
            }
        }
    }
    return found;
};

const reachable = () => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')]
    .filter((element) => visible(element) && !element.disabled);

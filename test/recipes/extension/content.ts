// No client here: its storage would be the page's, its requests the page's, and blocked with them.
chrome.runtime.sendMessage({ event: 'Page Helped', properties: { title: document.title } });

// Talks to the browser's passkeys for two pages: signing in, and adding one. Without it, or without
// passkeys in the browser, both pages still work in every other way.
'use strict';
(() => {
  const form = document.querySelector('form[data-passkey]');
  if (!form || !window.PublicKeyCredential) return;
  const asked = form.dataset;

  const bytes = (text) =>
    Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replace(/=+$/, '');
  const words = (list) => list.split(' ').filter(Boolean);

  const send = (fields) => {
    for (const [name, value] of Object.entries(fields)) form.elements[name].value = text(value);
    form.submit();
  };

  const get = (more) =>
    navigator.credentials
      .get({
        publicKey: {
          challenge: bytes(asked.challenge),
          rpId: asked.rp,
          allowCredentials: [],
          userVerification: 'required',
        },
        ...more,
      })
      .then(({ rawId, response }) =>
        send({
          credential: rawId,
          data: response.authenticatorData,
          'client-data': response.clientDataJSON,
          signature: response.signature,
          handle: response.userHandle ?? new ArrayBuffer(0),
        }),
      );

  const create = () =>
    navigator.credentials
      .create({
        publicKey: {
          challenge: bytes(asked.challenge),
          rp: { id: asked.rp, name: asked.rp },
          user: { id: bytes(asked.handle), name: asked.person, displayName: asked.person },
          pubKeyCredParams: words(asked.algorithms).map((alg) => ({ type: 'public-key', alg: Number(alg) })),
          excludeCredentials: words(asked.known).map((id) => ({ type: 'public-key', id: bytes(id) })),
          authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
          attestation: 'none',
        },
      })
      .then(({ response }) =>
        send({ attestation: response.attestationObject, 'client-data': response.clientDataJSON }),
      );

  const failed = document.getElementById('passkey-failed');
  const attempt = (promise) => {
    failed.hidden = true;
    promise.catch(() => {
      failed.hidden = false;
    });
  };

  form.hidden = false;
  if (asked.passkey === 'create') {
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      attempt(create());
    });
    return;
  }

  // The browser may also offer passkeys where the name is typed, until the button is used.
  const offer = new AbortController();
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    offer.abort();
    attempt(get({}));
  });
  PublicKeyCredential.isConditionalMediationAvailable?.().then((can) => {
    if (can && document.querySelector('[autocomplete~="webauthn"]')) {
      get({ mediation: 'conditional', signal: offer.signal }).catch(() => undefined);
    }
  });
})();

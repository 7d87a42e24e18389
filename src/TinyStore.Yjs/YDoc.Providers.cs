using System.Runtime.ExceptionServices;

namespace TinyStore.Yjs;

// The document and what connects it. Providers and persisters know the document, not one another; here they can learn
// whether the content that others hold has arrived.
public sealed partial class YDoc
{
    private readonly List<object> _providers = [];
    private readonly Lock _providersLock = new();
    private bool _isSynced;

    /// <summary>Raised when <see cref="IsSynced"/> becomes true, on the thread that called <see cref="MarkSynced"/>.</summary>
    public event EventHandler? Synced;

    /// <summary>True while a provider is attached.</summary>
    public bool HasProvider
    {
        get
        {
            lock (_providersLock)
            {
                return _providers.Count > 0;
            }
        }
    }

    /// <summary>True once an attached provider has said that its first sync is complete. It stays true.</summary>
    public bool IsSynced
    {
        get
        {
            lock (_providersLock)
            {
                return _isSynced;
            }
        }
    }

    /// <summary>A provider says at construction that it will bring the document's content.</summary>
    /// <returns>Dispose it when the provider leaves.</returns>
    public IDisposable AttachProvider(object provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        lock (_providersLock)
        {
            _providers.Add(provider);
        }

        return new Attachment(this, provider);
    }

    /// <summary>An attached provider says that its first sync is complete.</summary>
    /// <exception cref="ArgumentException">The provider is not attached.</exception>
    public void MarkSynced(object provider)
    {
        lock (_providersLock)
        {
            if (!_providers.Contains(provider))
            {
                throw new ArgumentException("The provider is not attached: call AttachProvider first, and do not mark after disposing of what it returned.", nameof(provider));
            }

            if (_isSynced)
            {
                return;
            }

            _isSynced = true;
        }

        ExceptionDispatchInfo? error = null;
        Raise(Synced, ref error);
        error?.Throw();
    }

    private sealed class Attachment(YDoc doc, object provider) : IDisposable
    {
        private object? _provider = provider;

        public void Dispose()
        {
            lock (doc._providersLock)
            {
                if (_provider is not null)
                {
                    doc._providers.Remove(_provider);
                    _provider = null;
                }
            }
        }
    }
}

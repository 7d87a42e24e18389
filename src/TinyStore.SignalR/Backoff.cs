namespace TinyStore.SignalR;

/// <summary>Delays with full jitter: random between 0 and a range that doubles from failure to failure, up to a largest one.</summary>
internal sealed class Backoff
{
    private readonly TimeSpan _first;
    private readonly TimeSpan _max;
    private readonly Func<double> _random;
    private int _failures;

    public Backoff(SignalRProviderOptions options)
    {
        _first = options.ReconnectDelay;
        _max = options.MaxReconnectDelay;
        _random = options.Random;
    }

    public TimeSpan Next()
    {
        var range = Math.Min(_first.TotalMilliseconds * Math.Pow(2, Math.Min(_failures, 30)), _max.TotalMilliseconds);
        _failures++;
        return TimeSpan.FromMilliseconds(range * _random());
    }

    public void Reset() => _failures = 0;
}

namespace TinyStore.Crdt.Tests.Convergence;

/// <summary>Draws small numbers from one random number.</summary>
internal ref struct Dice(uint random)
{
    private ulong _state = (random * 0x9E3779B97F4A7C15UL) + 1;

    public int Next(int below)
    {
        _state ^= _state << 13;
        _state ^= _state >> 7;
        _state ^= _state << 17;
        return (int)(_state >> 33) % below;
    }
}

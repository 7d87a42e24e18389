using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace TinyStore.Yjs;

// Noticing overlapping use. Whoever changes the document, or reads all of it, takes the flag for the length of one operation
// and gives it back before it calls foreign code; readers only look at it. Threads play no part: after an await the same
// logical caller may be on another one.
public sealed partial class YDoc
{
    private const int GuardFree = 0;
    private const int GuardBusy = 1;
    private const int GuardDisposed = 2;

    private int _guard;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void CheckReadable()
    {
        if (Volatile.Read(ref _guard) != GuardFree)
        {
            ThrowNotFree();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Enter()
    {
        if (Interlocked.CompareExchange(ref _guard, GuardBusy, GuardFree) != GuardFree)
        {
            ThrowNotFree();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Exit() => Volatile.Write(ref _guard, GuardFree);

    [DoesNotReturn]
    private void ThrowNotFree()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        throw new InvalidOperationException(
            "The document is being used by another caller at the same time. A YDoc has one user at a time: run all work on it in its Context (doc.Context.RunAsync).");
    }
}

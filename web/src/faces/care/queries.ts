// What the clinician's pages ask, by one name each.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api";

export const useMe = () =>
  useQuery({ queryKey: ["me"], queryFn: ({ signal }) => api.me(signal), staleTime: 600_000 });

export const usePeople = (words: string) =>
  useQuery({
    queryKey: ["people", words],
    queryFn: ({ signal }) => api.people(words, signal),
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  });

export const useOverview = (id: string) =>
  useQuery({ queryKey: ["overview", id], queryFn: ({ signal }) => api.overview(id, signal) });
